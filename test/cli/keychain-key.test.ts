import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readAccount } from '../../src/credentials/accounts.ts'
import { runCli, startCli } from '../support/cli.ts'
import type { KeychainState } from '../support/secret-service.ts'
import { secretServiceUnavailable, startSecretService } from '../support/secret-service.ts'

const UPSTREAM = 'https://gateway.example'
const reason = secretServiceUnavailable

describe.skipIf(reason)(`\`key\` with a Secret Service${reason ? `: ${reason}` : ''}`, () => {
  test('prints the key of the account and nothing else', async () => {
    const { env } = await openKeychain('unlocked', { work: 'secret-1' })
    const result = await runCli(['key', '--credential', 'keychain:work'], { env })
    expect(result).toEqual({ exitCode: 0, signal: null, stdout: 'secret-1\n', stderr: '' })
  })

  test('an empty account is that of the profile', async () => {
    const { env } = await openKeychain('unlocked', { team: 'secret-1' })
    expect((await runCli(['key', '--credential', 'keychain:', '--profile', 'team'], { env })).stdout).toBe(
      'secret-1\n',
    )
  })

  test('prints what is there now', async () => {
    const { env, store } = await openKeychain('unlocked', { work: 'secret-1' })
    await runCli(['key', '--credential', 'keychain:work'], { env })
    store('work', 'secret-2')
    expect((await runCli(['key', '--credential', 'keychain:work'], { env })).stdout).toBe('secret-2\n')
  })

  test('the first use is for its upstream, and the second for no other', async () => {
    const { env } = await openKeychain('unlocked', { work: 'secret-1' })
    await runCli(['key', '--credential', 'keychain:work'], { env })
    expect(readAccount(env.CLAUDE_GW_STATE_DIR, 'work')?.origin).toBe(UPSTREAM)
    const elsewhere = { ...env, CLAUDE_GW_UPSTREAM: 'https://elsewhere.example' }
    const result = await runCli(['key', '--credential', 'keychain:work'], { env: elsewhere })
    expect(result).toMatchObject({ exitCode: 4, stdout: '' })
    expect(result.stderr).toContain(UPSTREAM)
  })

  const faults: readonly [KeychainState, string][] = [
    ['unlocked', 'nothing in keychain:work'],
    ['locked', 'the keychain is locked'],
    ['fresh', 'no collection'],
    ['no service', 'no session bus that leads to a keychain'],
    ['wrong bus', 'no session bus that leads to a keychain'],
    ['no bus', 'no session bus that leads to a keychain'],
  ]
  test.each(faults)('fails with 4 and one line where the keychain is %s', async (state, message) => {
    const { env } = await openKeychain(state, state === 'locked' ? { work: 'secret-1' } : {})
    const result = await runCli(['key', '--credential', 'keychain:work'], { env })
    expect(result).toMatchObject({ exitCode: 4, stdout: '' })
    expect(result.stderr).toContain(message)
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  test('says that it waits for a silent keychain, and can be stopped', async () => {
    const { env } = await openKeychain('silent', { work: 'secret-1' })
    const child = startCli(['key', '--credential', 'keychain:work'], { env })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [text] = await once(child.stderr as NodeJS.ReadableStream, 'data')
    expect(String(text)).toContain('waiting for keychain:work')
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([130, null])
  })
})

async function openKeychain(state: KeychainState, secrets: Readonly<Record<string, string>> = {}) {
  const { env, store } = await startSecretService(state, secrets)
  const CLAUDE_GW_STATE_DIR = join(env['HOME'] ?? '', 'state')
  return { store, env: { ...env, CLAUDE_GW_STATE_DIR, CLAUDE_GW_UPSTREAM: UPSTREAM } }
}
