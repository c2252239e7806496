import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Home } from '../support/claude-run.ts'
import { UPSTREAM_SECRET, writeSettings } from '../support/claude-run.ts'
import { answer } from '../support/faults.ts'
import { openClaudeHome, runDirect, runThrough, startMessagesUpstream, textAnswer } from './real-claude.ts'

type Scope = 'user' | 'project' | 'local'

const SCOPES: readonly Scope[] = ['user', 'project', 'local']

test.each(SCOPES)('%s settings with another address and token do not lead there', async (scope) => {
  await expectRouted((home, elsewhere) => {
    writeSettings(home, scope, {
      env: { ANTHROPIC_BASE_URL: elsewhere, ANTHROPIC_AUTH_TOKEN: 'of-elsewhere' },
    })
  })
})

test.each(SCOPES)('%s settings with another token alone do not lock the child out', async (scope) => {
  await expectRouted((home) => {
    writeSettings(home, scope, { env: { ANTHROPIC_AUTH_TOKEN: 'of-elsewhere' } })
  })
})

test('user settings with an API key do not lock the child out', async () => {
  await expectRouted((home) => {
    writeSettings(home, 'user', { env: { ANTHROPIC_API_KEY: 'sk-ant-api03-of-elsewhere' } })
  })
})

test('`--settings` as text does not lead elsewhere', async () => {
  await expectRouted((_home, elsewhere) => [
    '--settings',
    JSON.stringify({ env: { ANTHROPIC_BASE_URL: elsewhere, ANTHROPIC_AUTH_TOKEN: 'of-elsewhere' } }),
  ])
})

test('`--settings` as a file does not lead elsewhere, even over user settings that do', async () => {
  await expectRouted((home, elsewhere) => {
    writeSettings(home, 'user', { env: { ANTHROPIC_BASE_URL: elsewhere } })
    const path = join(home.directory, 'more.json')
    writeFileSync(path, JSON.stringify({ env: { ANTHROPIC_BASE_URL: elsewhere } }))
    return ['--settings', path]
  })
})

test.each(SCOPES)('an apiKeyHelper of %s settings does not show its key to the upstream', async (scope) => {
  await expectRouted((home) => {
    writeSettings(home, scope, { apiKeyHelper: 'echo key-of-a-helper' })
  })
})

test.each([
  ...SCOPES.map((scope) => [scope, { no_proxy: 'intra.net' }] as const),
  ['user', {}],
  ['user', { NO_PROXY: 'intra.net' }],
  ['user', { NO_PROXY: 'intra.net', no_proxy: '' }],
] as const)('proxies of %s settings get nothing, with the exceptions %j', async (scope, exceptions) => {
  await expectRouted((home, elsewhere) => {
    writeSettings(home, scope, { env: { HTTPS_PROXY: elsewhere, HTTP_PROXY: elsewhere, ...exceptions } })
  })
})

test('proxies of user settings get nothing where the settings lead elsewhere as well', async () => {
  await expectRouted((home, elsewhere) => {
    writeSettings(home, 'user', {
      env: { ANTHROPIC_BASE_URL: elsewhere, HTTPS_PROXY: elsewhere, no_proxy: 'intra.net' },
    })
  })
})

test('custom headers of user settings reach the upstream, as without us', async () => {
  const env = { ANTHROPIC_CUSTOM_HEADERS: 'X-Team: blue' }
  for (const diverting of [{}, { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' }]) {
    const home = openClaudeHome()
    const upstream = await startMessagesUpstream()
    writeSettings(home, 'user', { env: { ...env, ...diverting } })
    await runThrough(home, upstream.url, ['-p', 'hello'])
    expect(upstream.messages()[0]?.values('x-team')).toEqual(['blue'])
  }
})

/** A variable of the settings, and the arguments for which it chooses the model. */
const MODEL_VARIABLES: readonly (readonly [name: string, args: readonly string[]])[] = [
  ['ANTHROPIC_MODEL', []],
  ['ANTHROPIC_DEFAULT_OPUS_MODEL', ['--model', 'opus']],
  ['ANTHROPIC_DEFAULT_SONNET_MODEL', ['--model', 'sonnet']],
  ['ANTHROPIC_DEFAULT_HAIKU_MODEL', ['--model', 'haiku']],
  ['ANTHROPIC_DEFAULT_FABLE_MODEL', ['--model', 'fable']],
]

test.each(MODEL_VARIABLES)(
  '%s of user settings counts although the settings lead elsewhere',
  async (name, args) => {
    const modelOf = async (run: typeof runDirect, more: Record<string, string>) => {
      const home = openClaudeHome()
      const upstream = await startMessagesUpstream()
      writeSettings(home, 'user', { env: { [name]: 'claude-of-the-user', ...more } })
      await run(home, upstream.url, ['-p', 'hello', ...args])
      return JSON.parse(String(upstream.messages()[0]?.body)).model
    }
    const through = await modelOf(runThrough, { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' })
    expect(through).toBe('claude-of-the-user')
    expect(through).toBe(await modelOf(runDirect, {}))
  },
)

test('the key `model` of user settings counts although the settings lead elsewhere', async () => {
  const home = openClaudeHome()
  const upstream = await startMessagesUpstream()
  writeSettings(home, 'user', {
    model: 'claude-of-the-user',
    env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' },
  })
  await runThrough(home, upstream.url, ['-p', 'hello'])
  expect(JSON.parse(String(upstream.messages()[0]?.body)).model).toBe('claude-of-the-user')
})

test('every other variable that Claude Code drops from settings which lead elsewhere is there nevertheless', async () => {
  const home = openClaudeHome()
  const upstream = await startMessagesUpstream()
  const names = `ANTHROPIC_SMALL_FAST_MODEL ANTHROPIC_CUSTOM_MODEL_OPTION ANTHROPIC_CUSTOM_MODEL_OPTION_NAME
    ANTHROPIC_DEFAULT_OPUS_MODEL_NAME ANTHROPIC_DEFAULT_SONNET_MODEL_SUPPORTED_CAPABILITIES
    CLAUDE_CODE_SUBAGENT_MODEL CLAUDE_CODE_AUTO_MODE_MODEL DISABLE_GROWTHBOOK CLAUDE_CODE_CERT_STORE
    AWS_REGION GOOGLE_CLOUD_PROJECT`.split(/\s+/)
  const env = Object.fromEntries(names.map((name) => [name, 'system']))
  const command = `"${process.execPath}" -p 'JSON.stringify(process.env)' > "$HOME/env-of-hook.json"`
  writeSettings(home, 'user', {
    env: { ...env, ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' },
    hooks: { UserPromptSubmit: [{ hooks: [{ type: 'command', command }] }] },
  })
  await runThrough(home, upstream.url, ['-p', 'hello'])
  const seen = JSON.parse(readFileSync(join(home.directory, 'env-of-hook.json'), 'utf8'))
  expect(seen).toMatchObject(env)
})

/** Runs with settings that `prepare` makes, and checks that all goes to the upstream with its credential alone. */
async function expectRouted(
  prepare: (home: Home, elsewhere: string) => readonly string[] | undefined,
): Promise<void> {
  const home = openClaudeHome()
  const upstream = await startMessagesUpstream()
  const elsewhere = await startMessagesUpstream(answer(textAnswer('Hello from elsewhere')))
  const args = prepare(home, elsewhere.url) ?? []
  const result = await runThrough(home, upstream.url, ['-p', 'hello', ...args])
  expect(result).toMatchObject({ exitCode: 0, stdout: 'Hello from upstream\n' })
  expect(elsewhere.acceptedConnections()).toBe(0)
  expect(upstream.messages()).toHaveLength(1)
  const [request] = upstream.messages()
  expect(request?.values('authorization')).toEqual([`Bearer ${UPSTREAM_SECRET}`])
  expect(request?.values('x-api-key')).toEqual([])
}
