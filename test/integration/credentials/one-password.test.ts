import { expect, test } from 'vitest'
import type { Machine } from '../../../src/credentials/machine.ts'
import { onePasswordStore } from '../../../src/credentials/one-password.ts'
import { fakeProgram } from '../../support/fake-program.ts'
import { machine } from '../../support/surroundings.ts'

const URI = 'op://My Vault/claude/api key'

test('the program `op` is asked for the reference as it is', async () => {
  const { PATH, calls } = fakeProgram('op', 'process.stdout.write("token")')
  expect(await store({ PATH }).read()).toEqual({ value: 'token', source: URI })
  expect(calls().map(({ args }) => args)).toEqual([['read', '--no-newline', URI]])
})

test('an item that is not there is a failure that says how to look', async () => {
  const text = '[ERROR] 2026/11/21 04:06:21 "claude" isn\'t an item in the "My Vault" vault'
  const { PATH } = fakeProgram('op', `console.error(${JSON.stringify(text)}); process.exit(1)`)
  await expect(store({ PATH }).read()).rejects.toMatchObject({
    code: 'CREDENTIAL_FAILED',
    message: `the credential ${URI} cannot be used: it exited with 1: ${text}`,
    remedy: `run \`op read --no-newline '${URI}'\` yourself to see why`,
  })
})

test('without the program, the error says so', async () => {
  await expect(store({ PATH: '/nonexistent' }).read()).rejects.toThrow(/the program `op` is not on PATH$/)
})

test('whether the program is there is known before it is run', () => {
  const { PATH, calls } = fakeProgram('op')
  store({ PATH }).check()
  expect(calls()).toEqual([])
  expect(() => store({ PATH: '/nonexistent' }).check()).toThrow(/the program `op` is not on PATH$/)
})

function store(env: Machine['env']) {
  return onePasswordStore(URI, { machine: machine(env), timeoutMs: 20_000, freshness: 'until-refused' })
}
