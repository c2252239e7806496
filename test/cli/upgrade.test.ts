import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { brotliCompressSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { apiErrorAnswer, redirectAnswer } from '../support/answer.ts'
import type { AskingRun, Home } from '../support/claude-run.ts'
import { installProgram, openAsking, openHome, recordsOf, upstreamEnv } from '../support/claude-run.ts'
import { encode } from '../support/encodings.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer, choose, cut } from '../support/faults.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const BODY_LIMIT = 1000

test('a run whose package is replaced under it goes on to its end', async () => {
  const { run, home, stderr } = await openRunWithoutPackage()
  const refused = { authorization: 'Bearer of-a-stranger' }
  expect(await statuses(run, ['/v1/messages', '/unauthorized', '/brotli', '/zstd'])).toEqual([
    200, 401, 200, 200,
  ])
  expect((await run.ask({ bytes: BODY_LIMIT + 1 })).status).toBe(413)
  expect((await run.ask({ headers: refused })).status).toBe(401)
  expect((await run.ask({ path: '/cut' })).error).toBeDefined()
  expect((await run.ask({ path: '/redirect' })).status).toBe(502)
  expect(await run.end()).toEqual([0, null])
  expect(await stderr).toBe('')
  expect(recordsOf(home).map(({ outcome }) => outcome)).toEqual([
    'ok',
    'http_error',
    'ok',
    'ok',
    'refused',
    'refused',
    'truncated',
    'upstream_error',
  ])
  const usage = { input_tokens: 1, output_tokens: 2 }
  expect(recordsOf(home).slice(2, 4)).toMatchObject([{ usage }, { usage }])
})

test('its log goes on in a new file, as at midnight', async () => {
  const { run, home } = await openRunWithoutPackage()
  await run.ask()
  rmSync(join(home.state, 'traffic'), { recursive: true })
  expect((await run.ask()).status).toBe(200)
  expect(await run.end()).toEqual([0, null])
  expect(recordsOf(home)).toHaveLength(1)
})

test('an upstream that went away meanwhile is a 502', async () => {
  const { run, upstream } = await openRunWithoutPackage()
  await upstream.close()
  expect((await run.ask()).status).toBe(502)
  expect(await run.end()).toEqual([0, null])
})

/** A run from a copy of this package, whose code is deleted as soon as the child has had an answer. */
async function openRunWithoutPackage() {
  const upstream = await startFaultUpstream(
    choose(({ request }) => {
      switch (request.target) {
        case '/unauthorized':
          return answer(apiErrorAnswer(401, 'authentication_error', 'no'))
        case '/brotli':
          return answer(encoded('br', brotliCompressSync))
        case '/zstd':
          return answer(encoded('zstd', encode.zstd))
        case '/cut':
          return cut({ framing: 'chunked' }, 90, 'fin')
        case '/redirect':
          return answer(redirectAnswer(307, 'http://127.0.0.1:9/'))
        default:
          return answer()
      }
    }),
  )
  onTestFinished(upstream.close)
  const home = openHome()
  const copy = copyPackage(home)
  const run = await startFrom(copy, home, upstream.url)
  const stderr = text(run.process.stderr as NodeJS.ReadableStream)
  expect((await run.ask({ path: '/v1/models', method: 'GET' })).status).toBe(200)
  rmSync(join(home.state, 'traffic'), { recursive: true })
  rmSync(copy, { recursive: true })
  return { run, home, upstream, stderr }
}

function encoded(coding: string, compress: (body: Buffer) => Buffer) {
  const headers = [
    ['content-type', 'application/json'],
    ['content-encoding', coding],
  ] as const
  return {
    headers,
    body: compress(Buffer.from('{"type":"message","usage":{"input_tokens":1,"output_tokens":2}}')),
  }
}

function copyPackage(home: Home): string {
  const copy = join(home.directory, 'package')
  mkdirSync(copy)
  for (const name of ['bin', 'dist', 'package.json']) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

function startFrom(copy: string, home: Home, upstreamUrl: string): Promise<AskingRun> {
  const env = {
    PATH: process.env['PATH'],
    ...home.env,
    ...upstreamEnv(upstreamUrl),
    CLAUDE_GW_CLAUDE_COMMAND: installProgram(home, 'ask.mjs'),
    CLAUDE_GW_MAX_BODY_BYTES: String(BODY_LIMIT),
  }
  const program = join(copy, 'bin', 'claude-gw.js')
  return openAsking(spawn(process.execPath, [program, 'run'], { env, cwd: home.project }))
}

async function statuses(run: AskingRun, paths: readonly string[]): Promise<(number | undefined)[]> {
  const replies: (number | undefined)[] = []
  for (const path of paths) replies.push((await run.ask({ path })).status)
  return replies
}
