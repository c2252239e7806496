import { describe, expect, test } from 'vitest'
import { writeAccount } from '../../../src/credentials/accounts.ts'
import type { CredentialPlan } from '../../../src/credentials/credential.ts'
import type { ClaudeCredentials } from '../../../src/credentials/plan.ts'
import { planCredential } from '../../../src/credentials/plan.ts'
import { surroundings } from '../../support/surroundings.ts'

const UPSTREAM = 'https://gateway.example'

describe('a named reference', () => {
  test.each(['passthrough', 'PassThrough'])('%s lets the client’s own through', async (reference) => {
    expect(await plan({ reference })).toEqual({ kind: 'passthrough' })
  })

  test.each(['env:MY_KEY', 'ENV:MY_KEY'])('%s injects it and keeps it from the child', async (reference) => {
    const { source, withheld } = await injected(plan({ reference, env: { MY_KEY: 'k' } }))
    expect(withheld).toEqual(['MY_KEY'])
    expect(await source.current()).toEqual({ value: 'k', source: 'env:MY_KEY' })
  })

  test.each([
    ['keychain:work', 'keychain:work'],
    ['keychain:', 'keychain:team'],
    ['Keychain', 'keychain:team'],
    ['file:~/key', 'file:~/key'],
    ['vault:secret/claude#key', 'vault:secret/claude#key'],
    ['op://Work/claude/key', 'op://Work/claude/key'],
    ['command:get-key --for claude', 'command:get-key'],
  ])('%s is shown as %s', async (reference, shown) => {
    expect((await injected(plan({ reference }))).reference).toBe(shown)
  })

  test.each(['env:', 'env:A-B', 'sk-ant-secret', 'file:', 'auto:x', '', 'vault:x', 'op:x', 'command: '])(
    '%j is refused',
    async (reference) => {
      await expect(plan({ reference })).rejects.toThrow(/^--credential: `credential`/)
    },
  )

  test('a secret given by mistake is not repeated', async () => {
    await expect(plan({ reference: 'sk-ant-secret' })).rejects.toThrow(/^(?!.*sk-ant)/)
  })
})

describe('auto', () => {
  const KEYS = { ANTHROPIC_AUTH_TOKEN: 'token', ANTHROPIC_API_KEY: 'key' }

  test.each([
    ['the token', KEYS, { value: 'token', source: 'env:ANTHROPIC_AUTH_TOKEN', style: 'bearer' }],
    [
      'the key',
      { ...KEYS, ANTHROPIC_AUTH_TOKEN: ' ' },
      { value: 'key', source: 'env:ANTHROPIC_API_KEY', style: 'x-api-key' },
    ],
  ])('takes %s of the environment', async (_case, env, credential) => {
    expect(await (await injected(plan({ env }))).source.current()).toEqual(credential)
  })

  test('takes those of settings first, as Claude Code does', async () => {
    const { source } = await injected(
      plan({ env: KEYS, claude: { settingsEnv: { ANTHROPIC_AUTH_TOKEN: 's' } } }),
    )
    expect(await source.current()).toMatchObject({ value: 's', source: 'settings:ANTHROPIC_AUTH_TOKEN' })
  })

  test('keeps all of them from the child', async () => {
    expect((await injected(plan({ env: KEYS }))).withheld).toEqual([
      'ANTHROPIC_AUTH_TOKEN',
      'ANTHROPIC_API_KEY',
    ])
  })

  test('does not move a subscriber to the API key', async () => {
    const env = { ANTHROPIC_API_KEY: 'key' }
    expect(await plan({ env, claude: { mayUseApiKey: false } })).toEqual({ kind: 'passthrough' })
  })

  test('takes the user’s helper after the environment', async () => {
    const claude = { apiKeyHelper: { command: 'echo from-helper', origin: 'settings.json' } }
    expect((await injected(plan({ env: KEYS, claude }))).reference).toBe('env:ANTHROPIC_AUTH_TOKEN')
    const { source } = await injected(plan({ env: { PATH: process.env['PATH'] }, claude }))
    expect(await source.current()).toEqual({ value: 'from-helper', source: 'apiKeyHelper', style: 'both' })
  })

  test('takes what `login` stored for the profile before anything else', async () => {
    const stateDirectory = accountOf('team')
    expect((await injected(plan({ env: KEYS, stateDirectory }))).reference).toBe('keychain:team')
  })

  test('does not ask the keychain where `login` stored nothing for the profile', async () => {
    expect(await plan({ stateDirectory: accountOf('another') })).toEqual({ kind: 'passthrough' })
  })

  test('without any lets the client’s own through', async () => {
    expect(await plan({})).toEqual({ kind: 'passthrough' })
  })
})

interface Given {
  readonly reference?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly stateDirectory?: string
  readonly claude?: Partial<ClaudeCredentials>
}

function plan({ reference = 'auto', env = {}, stateDirectory, claude }: Given): Promise<CredentialPlan> {
  const around = surroundings(
    { profile: 'team', upstream: UPSTREAM, ...(stateDirectory && { stateDirectory }) },
    env,
  )
  return planCredential(reference, '--credential', around, { mayUseApiKey: true, ...claude })
}

async function injected(planned: Promise<CredentialPlan>) {
  const made = await planned
  if (made.kind !== 'inject') throw new Error(made.kind)
  return made
}

function accountOf(account: string): string {
  const { stateDirectory } = surroundings()
  writeAccount(stateDirectory, { account, origin: UPSTREAM, storedAt: '2026-11-21T00:00:00Z' })
  return stateDirectory
}
