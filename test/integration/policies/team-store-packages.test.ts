import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { compiledSource } from '../../support/compiled-source.ts'

const module = compiledSource({ hasPackages: false })

test('without the packages for a store, an error says how to get them', async () => {
  const script = `
    const { openTeamStore } = await import(${JSON.stringify(module('policies/limits/team-store.js'))})
    const { code, exitCode, message, remedy } = await openTeamStore({ url: 'redis://me@127.0.0.1:1' }).catch((error) => error)
    console.log(JSON.stringify({ code, exitCode, message, remedy }))`
  const run = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
  expect(JSON.parse(run.stdout)).toEqual({
    code: 'LIMIT_STORE_UNUSABLE',
    exitCode: 3,
    message: expect.stringMatching(
      /^limits cannot be kept in redis:\/\/127\.0\.0\.1:1: Cannot find package 'ioredis'/,
    ),
    remedy: expect.stringContaining('npm install --global rate-limiter-flexible ioredis'),
  })
})
