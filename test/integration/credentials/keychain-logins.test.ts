import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Keychain } from '../../../src/credentials/keychain.ts'
import { compiledKeychain } from '../../support/compiled-keychain.ts'
import { secretServiceUnavailable, startSecretService } from '../../support/secret-service.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const KEYTAR = resolve(import.meta.dirname, '../../../node_modules/keytar')
const FIRST = 'https://first.example'
const SECOND = 'https://second.example'

const reason = secretServiceUnavailable
const { open } = compiledKeychain()

// A keyring that has only just started may not have its collection yet when the machine is busy.
const options = { retry: 2 }

describe.skipIf(reason)(`two logins of an account at once${reason ? `: ${reason}` : ''}`, options, () => {
  test.each([1, 2, 3, 4])(
    'no key goes to the other origin at any step, the second before step %i of the first',
    async (moment) => {
      const { env } = await startSecretService()
      const slow = steppingLibrary()
      const keychain = open(env)
      const first = open({ ...env, ...slow.env }).set('work', keyOf(FIRST), FIRST)
      const settled = Promise.allSettled([first])
      const seen: string[] = []
      for (const step of [1, 2, 3, 4]) {
        await slow.reaches(step)
        if (step === moment) await keychain.set('work', keyOf(SECOND), SECOND)
        seen.push(...(await misdirected(keychain)))
        slow.take(step)
      }
      slow.take(5)
      await settled
      expect([...seen, ...(await misdirected(keychain))]).toEqual([])
    },
  )

  test.each([2, 3, 4])('the slower one is an error, the faster before its step %i', async (moment) => {
    const { env } = await startSecretService()
    const slow = steppingLibrary()
    const slower = open({ ...env, ...slow.env }).set('work', keyOf(FIRST), FIRST)
    const settled = expect(slower).rejects.toMatchObject({
      code: 'CREDENTIAL_FAILED',
      message: expect.stringContaining('another login stored a key at the same moment'),
    })
    for (const step of [1, 2, 3, 4]) {
      await slow.reaches(step)
      if (step === moment) await open(env).set('work', keyOf(SECOND), SECOND)
      slow.take(step)
    }
    slow.take(5)
    await settled
  })
})

/** The keys that an origin gets, and are for another. */
async function misdirected(keychain: Keychain): Promise<string[]> {
  const given = [FIRST, SECOND].map(async (origin) => {
    const entry = await keychain.get('work', origin)
    return [undefined, keyOf(origin)].includes(entry?.secret) ? [] : `${entry?.secret} at ${origin}`
  })
  return (await Promise.all(given)).flat()
}

function keyOf(origin: string): string {
  return `key-of-${origin}`
}

/** The real keytar, which waits before each call that a process makes. */
function steppingLibrary() {
  const directory = temporaryDirectory()
  const library = join(directory, 'node_modules/keytar')
  mkdirSync(library, { recursive: true })
  writeFileSync(
    join(library, 'index.js'),
    `const { existsSync, writeFileSync } = require('node:fs')
    const { setTimeout: delay } = require('node:timers/promises')
    const keytar = require(${JSON.stringify(KEYTAR)})
    const directory = ${JSON.stringify(directory)}
    let step = 0
    for (const name of ['getPassword', 'setPassword', 'deletePassword']) exports[name] = async (...args) => {
      step += 1
      writeFileSync(directory + '/at-' + step, '')
      while (!existsSync(directory + '/take-' + step)) await delay(2)
      return keytar[name](...args)
    }`,
  )
  return {
    env: { NODE_PATH: join(directory, 'node_modules') },
    reaches: (step: number) =>
      expect
        .poll(() => existsSync(join(directory, `at-${step}`)), { timeout: 20_000, interval: 5 })
        .toBe(true),
    take: (step: number) => writeFileSync(join(directory, `take-${step}`), ''),
  }
}
