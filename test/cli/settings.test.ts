import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { installProgram, openHome, writeSettings } from '../support/claude-run.ts'
import { runCli } from '../support/cli.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const GATEWAY = { CLAUDE_GW_UPSTREAM: 'https://gateway.example/team/v1/' }
const SECRET = 'sk-ant-api03-0f9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c'

test('leads to the upstream of the profile, with the key from `claude-gw key`', async () => {
  const { document } = await print([], GATEWAY)
  expect(document).toEqual({
    env: {
      ANTHROPIC_BASE_URL: 'https://gateway.example/team',
      CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1',
    },
    apiKeyHelper: 'claude-gw key',
  })
})

test('the helper names a profile that is not the default', async () => {
  const { document } = await print(['--profile', 'work'], GATEWAY)
  expect(document).toHaveProperty('apiKeyHelper', 'claude-gw key --profile work')
})

test('for the API itself there is nothing to discover', async () => {
  const { document } = await print([], {})
  expect(document['env']).toEqual({ ANTHROPIC_BASE_URL: 'https://api.anthropic.com' })
})

test('with the login of Claude Code there is no helper', async () => {
  const { document, stderr } = await print(['--credential', 'passthrough'], GATEWAY)
  expect(document).not.toHaveProperty('apiKeyHelper')
  expect(stderr).toContain('its own login')
})

test('headers for everybody to read come along, others are named and left out', async () => {
  const headers = {
    'X-Tenant': 'acme',
    'X-Zone': 'eu-1',
    'X-Team-Key': 'keychain:team',
    'X-Repo': 'tag:repository',
    Authorization: `Bearer ${SECRET}`,
    'X-Other': SECRET,
  }
  const { document, stdout, stderr } = await print([], {
    ...GATEWAY,
    CLAUDE_GW_HEADERS: JSON.stringify(headers),
  })
  expect(document['env']).toHaveProperty('ANTHROPIC_CUSTOM_HEADERS', 'X-Tenant: acme\nX-Zone: eu-1')
  for (const name of ['X-Team-Key', 'X-Repo', 'Authorization', 'X-Other'])
    expect(stderr).toContain(`the header ${name} is left out`)
  expect(stdout + stderr).not.toContain(SECRET)
})

test('aliases become default models, where those of a family agree', async () => {
  const aliases = {
    'claude-opus-4-8': 'corp-opus',
    'claude-opus-5': 'corp-opus',
    'claude-sonnet-5': 'corp-a',
    'claude-sonnet-4-6': 'corp-b',
    'claude-haiku-4-5': 'corp-haiku',
  }
  const { document, stderr } = await print([], {
    ...GATEWAY,
    CLAUDE_GW_MODELS_ALIASES: JSON.stringify(aliases),
  })
  expect(document['env']).toMatchObject({
    ANTHROPIC_DEFAULT_OPUS_MODEL: 'corp-opus',
    ANTHROPIC_DEFAULT_HAIKU_MODEL: 'corp-haiku',
  })
  expect(document['env']).not.toHaveProperty('ANTHROPIC_DEFAULT_SONNET_MODEL')
  expect(stderr).toContain('the alias claude-sonnet-5 is left out')
})

test('what the gateway of an organization may need is taken over where it is set', async () => {
  const set = {
    CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '0',
    CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS: '1',
  }
  const { document } = await print([], { ...GATEWAY, ...set })
  expect(document['env']).toMatchObject(set)
})

test('files and features that the way to the upstream needs come along, secrets of it do not', async () => {
  const { document, stdout, stderr } = await print([], {
    ...GATEWAY,
    CLAUDE_GW_TLS_CA: '/ca.pem',
    CLAUDE_GW_TLS_CERT: '/me.pem',
    CLAUDE_GW_TLS_KEY: '/me.key',
    CLAUDE_GW_TLS_PASSPHRASE: 'env:PASSPHRASE',
    CLAUDE_GW_PROXY: 'http://me:proxy-password@proxy.example:3128',
    CLAUDE_GW_TOOL_SEARCH: 'on',
  })
  expect(document['env']).toMatchObject({
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    CLAUDE_CODE_CLIENT_CERT: '/me.pem',
    CLAUDE_CODE_CLIENT_KEY: '/me.key',
    ENABLE_TOOL_SEARCH: 'true',
  })
  expect(document['env']).not.toHaveProperty('HTTPS_PROXY')
  expect(stdout + stderr).not.toContain('proxy-password')
})

test('paths from the home folder are written in full, as Claude Code needs them', async () => {
  const home = temporaryDirectory()
  const { document } = await print([], {
    ...GATEWAY,
    HOME: home,
    CLAUDE_GW_TLS_CA: '~/ca.pem',
    CLAUDE_GW_TLS_CERT: '~/tls/me.pem',
    CLAUDE_GW_TLS_KEY: '~/tls/me.key',
  })
  expect(document['env']).toMatchObject({
    NODE_EXTRA_CA_CERTS: join(home, 'ca.pem'),
    CLAUDE_CODE_CLIENT_CERT: join(home, 'tls/me.pem'),
    CLAUDE_CODE_CLIENT_KEY: join(home, 'tls/me.key'),
  })
})

test('a key header that Claude Code does not know is said', async () => {
  const { stderr } = await print([], { ...GATEWAY, CLAUDE_GW_AUTH: 'header:ApiKey' })
  expect(stderr).toContain('in the header ApiKey')
})

describe.each([
  ['user', ['~/.claude/settings.json', '%USERPROFILE%']],
  ['project', ['.claude/settings.json in the repository', 'trusts no settings of a repository']],
  ['managed', ['/Library/', '/etc/claude-code/', 'C:\\Program Files\\', 'forceLoginMethod']],
])('--scope %s', (scope, texts) => {
  test('says where the file goes on each system', async () => {
    const { stderr } = await print(['--scope', scope], GATEWAY)
    for (const text of texts) expect(stderr).toContain(text)
  })

  test('writes nothing', async () => {
    const folder = temporaryDirectory()
    await print(['--scope', scope], { ...GATEWAY, HOME: folder, CLAUDE_GW_STATE_DIR: join(folder, 'state') })
    expect(readdirSync(folder)).toEqual([])
  })
})

test('an unknown scope is a usage error', async () => {
  expect(await runCli(['settings', '--scope', 'all'])).toMatchObject({ exitCode: 2, stdout: '' })
})

describe('--editor vscode', () => {
  test('gives variables, and says where the key comes from', async () => {
    const { document, stderr } = await print(['--editor', 'vscode'], GATEWAY)
    expect(document).toMatchObject({
      'claudeCode.environmentVariables': [
        { name: 'ANTHROPIC_BASE_URL', value: 'https://gateway.example/team' },
        { name: 'CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY', value: '1' },
      ],
      'claudeCode.disableLoginPrompt': true,
    })
    expect(stderr).toContain('"apiKeyHelper": "claude-gw key"')
    expect(stderr).toContain('Code/User/settings.json')
  })

  test('with --wrapper it starts `claude-gw-run`, which runs the program that it is given', async () => {
    const { document } = await print(['--profile', 'work', '--editor', 'vscode', '--wrapper'], GATEWAY)
    expect(document).toMatchObject({
      'claudeCode.environmentVariables': [{ name: 'CLAUDE_GW_PROFILE', value: 'work' }],
    })
    const home = openHome()
    const env = { ...process.env, ...home.env, CLAUDE_GW_CREDENTIAL: 'env:K', K: 'k' }
    const wrapper = String(document['claudeCode.claudeProcessWrapper'])
    const shown = execFileSync(wrapper, [installProgram(home, 'show.mjs'), '-p', 'x'], {
      env,
      encoding: 'utf8',
    })
    expect(JSON.parse(shown).args).toEqual(['-p', 'x'])
  })

  test('is for the user alone', async () => {
    const result = await runCli(['settings', '--editor', 'vscode', '--scope', 'managed'])
    expect(result).toMatchObject({ exitCode: 2, stdout: '' })
  })
})

describe('--wrapper', () => {
  test('is a variable of Claude Code, and the profile another', async () => {
    const { document, stderr } = await print(['--profile', 'work', '--wrapper'], GATEWAY)
    expect(document).toEqual({
      env: {
        CLAUDE_GW_PROFILE: 'work',
        CLAUDE_CODE_PROCESS_WRAPPER: expect.stringMatching(/^\/.*claude-gw-run/),
      },
    })
    expect(stderr).toContain('claude daemon stop')
  })

  test('has no place in a repository', async () => {
    const result = await runCli(['settings', '--wrapper', '--scope', 'project'])
    expect(result).toMatchObject({ exitCode: 2, stdout: '' })
    expect(result.stderr).toContain('ignores a process wrapper')
  })
})

test('an upstream that only a repository names is none', async () => {
  const home = openHome()
  writeSettings(home, 'project', { env: { ANTHROPIC_BASE_URL: 'https://evil.example' } })
  const { stdout } = await runCli(['settings'], { env: home.env, cwd: home.project })
  expect(stdout).not.toContain('evil.example')
})

async function print(args: readonly string[], env: Readonly<Record<string, string>>) {
  const state = { CLAUDE_GW_STATE_DIR: join(temporaryDirectory(), 'state') }
  const { stdout, stderr, exitCode } = await runCli(['settings', ...args], { env: { ...state, ...env } })
  expect(exitCode, stderr).toBe(0)
  return { document: JSON.parse(stdout) as Record<string, unknown>, stdout, stderr }
}
