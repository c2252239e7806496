import { expect, test } from 'vitest'
import type { Machine } from '../../../src/credentials/machine.ts'
import { vaultStore } from '../../../src/credentials/vault.ts'
import { fakeProgram } from '../../support/fake-program.ts'
import { machine } from '../../support/surroundings.ts'

test('the program `vault` is asked for one field', async () => {
  const { PATH, calls } = fakeProgram('vault', 'process.stdout.write("token")')
  expect(await store({ PATH }).read()).toEqual({ value: 'token', source: 'vault:secret/team#key' })
  expect(calls().map(({ args }) => args)).toEqual([['kv', 'get', '-field=key', 'secret/team']])
})

test('its own environment is kept, but for the format in which it would quote a field', async () => {
  const { PATH, calls } = fakeProgram('vault', 'console.log("token")')
  await store({ PATH, VAULT_ADDR: 'https://vault.example', VAULT_FORMAT: 'json' }).read()
  expect(calls()[0]?.env).toMatchObject({ VAULT_ADDR: 'https://vault.example' })
  expect(calls()[0]?.env).not.toHaveProperty('VAULT_FORMAT')
})

test('a secret that is not there is a failure that says how to look', async () => {
  const { PATH } = fakeProgram(
    'vault',
    'console.error("No value found at secret/data/team"); process.exit(2)',
  )
  await expect(store({ PATH }).read()).rejects.toMatchObject({
    code: 'CREDENTIAL_FAILED',
    message:
      'the credential vault:secret/team#key cannot be used: it exited with 2: No value found at secret/data/team',
    remedy: 'run `vault kv get -field=key secret/team` yourself to see why',
  })
})

test('the token for Vault is not shown', async () => {
  const { PATH } = fakeProgram('vault', 'console.error("bad token: opensesame"); process.exit(2)')
  const failed = expect(store({ PATH, VAULT_TOKEN: 'opensesame' }).read()).rejects
  await failed.toThrow(/it exited with 2: bad token: \[redacted\]$/)
})

test('without the program, the error says so', async () => {
  await expect(store({ PATH: '/nonexistent' }).read()).rejects.toMatchObject({
    code: 'CREDENTIAL_FAILED',
    message: expect.stringMatching(/the program `vault` is not on PATH$/),
    remedy: 'install `vault`, or name another place with `--credential`',
  })
})

test('whether the program is there is known before it is run', () => {
  const { PATH, calls } = fakeProgram('vault')
  store({ PATH }).check()
  expect(calls()).toEqual([])
  expect(() => store({ PATH: '/nonexistent' }).check()).toThrow(/the program `vault` is not on PATH$/)
})

function store(env: Machine['env']) {
  const field = { path: 'secret/team', field: 'key' }
  return vaultStore(field, { machine: machine(env), timeoutMs: 20_000, freshness: 'until-refused' })
}
