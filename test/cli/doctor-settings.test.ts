import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startAsking, upstreamEnv, writeSettings } from '../support/claude-run.ts'
import { writeFile } from '../support/configured.ts'
import { examineMachine, mountsUnavailable, openHomeWithClaude } from '../support/local-examination.ts'

const GATEWAY = { CLAUDE_GW_UPSTREAM: 'https://gateway.example/claude' }

describe('settings', () => {
  test('that lead to the upstream itself are well', async () => {
    const home = openHomeWithClaude()
    const path = writeSettings(home, 'user', {
      env: { ANTHROPIC_BASE_URL: 'https://gateway.example/claude/v1/', ANTHROPIC_MODEL: 'opus' },
      apiKeyHelper: 'claude-gw key',
    })
    expect((await examineMachine(home, { env: GATEWAY })).of('settings')).toMatchObject({
      verdict: 'ok',
      evidence: path,
    })
  })

  test('that lead elsewhere are named by file, key and address, without who signs in', async () => {
    const home = openHomeWithClaude()
    const path = writeSettings(home, 'user', {
      env: { ANTHROPIC_BASE_URL: 'https://me:canary@elsewhere.example/x?key=canary' },
    })
    const { of, printed } = await examineMachine(home, { env: GATEWAY })
    expect(of('settings')).toMatchObject({ verdict: 'warn', remedy: expect.stringContaining('remove it') })
    expect(of('settings').evidence).toContain('env.ANTHROPIC_BASE_URL (https://elsewhere.example)')
    expect(of('settings').evidence).toContain(`in ${path}`)
    expect(printed).not.toContain('canary')
  })

  test('of a repository that bring a credential, and a list of proxy exceptions that lacks this machine', async () => {
    const home = openHomeWithClaude()
    writeSettings(home, 'project', {
      env: { ANTHROPIC_AUTH_TOKEN: 'canary' },
      apiKeyHelper: 'print canary',
    })
    writeSettings(home, 'user', { env: { no_proxy: 'intranet.example' } })
    const { of, printed } = await examineMachine(home, { env: GATEWAY })
    for (const key of ['env.ANTHROPIC_AUTH_TOKEN', 'apiKeyHelper', 'env.no_proxy'])
      expect(of('settings').evidence).toContain(key)
    expect(printed).not.toContain('canary')
  })

  test('of a cloud provider are a failure, as for `run`', async () => {
    const home = openHomeWithClaude()
    const path = writeSettings(home, 'user', { env: { CLAUDE_CODE_USE_BEDROCK: '1' } })
    const { of, exitCode } = await examineMachine(home)
    expect(of('settings')).toMatchObject({ verdict: 'fail' })
    expect(of('settings').evidence).toContain(`${path} sets CLAUDE_CODE_USE_BEDROCK`)
    expect(exitCode).toBe(1)
  })

  test('that are no JSON are a warning', async () => {
    const home = openHomeWithClaude()
    writeFile(join(home.claudeDirectory, 'settings.json'), '{ "env": ')
    expect((await examineMachine(home)).of('settings')).toMatchObject({
      verdict: 'warn',
      evidence: expect.stringContaining('it is no valid JSON'),
    })
  })
})

describe.skipIf(mountsUnavailable)(`managed${mountsUnavailable ? `: ${mountsUnavailable}` : ''}`, () => {
  test.each([
    [{ env: { ANTHROPIC_MODEL: 'opus' } }, 'ok', 'nothing about it'],
    [{ forceLoginMethod: 'claudeai', apiKeyHelper: 'print canary' }, 'warn', 'apiKeyHelper in'],
    [
      { env: { ANTHROPIC_BASE_URL: 'https://corp.example' } },
      'fail',
      'env.ANTHROPIC_BASE_URL (https://corp.example) in',
    ],
    [{ policyHelper: { command: 'canary' } }, 'warn', 'policyHelper computes settings'],
  ])('settings of %j', async (document, verdict, evidence) => {
    const home = openHomeWithClaude()
    const etc = join(home.directory, 'etc')
    writeFile(join(etc, 'claude-code', 'managed-settings.json'), document)
    const { of, printed } = await examineMachine(home, { mounts: `mount --bind '${etc}' /etc` })
    expect(of('managed')).toMatchObject({ verdict, evidence: expect.stringContaining(evidence) })
    expect(of('managed').evidence).toContain('/etc/claude-code/managed-settings.json')
    expect(printed).not.toContain('canary')
  })
})

describe('login', () => {
  const ownKey = { CLAUDE_GW_CREDENTIAL: 'env:TEAM_KEY', TEAM_KEY: 'team-key' }

  test.each([
    [
      'saved, beside a key',
      true,
      { ...GATEWAY, ...ownKey },
      'ok',
      'not used: requests carry what env:TEAM_KEY',
    ],
    ['saved, for the API', true, {}, 'ok', 'requests go with it to https://api.anthropic.com'],
    ['saved, for a gateway', true, GATEWAY, 'warn', 'take its token to https://gateway.example'],
    [
      'saved, for a gateway on purpose',
      true,
      { ...GATEWAY, CLAUDE_GW_CREDENTIAL: 'passthrough' },
      'ok',
      'go with it',
    ],
    [
      'saved, beside an API key',
      true,
      { ANTHROPIC_API_KEY: 'api-key' },
      'ok',
      'only `-p` with ANTHROPIC_API_KEY',
    ],
    ['in a variable', false, { CLAUDE_CODE_OAUTH_TOKEN: 'oauth' }, 'ok', 'CLAUDE_CODE_OAUTH_TOKEN is set'],
    ['none, beside a key', false, ownKey, 'ok', 'none is needed'],
    ['none, and no key', false, {}, 'warn', 'Claude Code will ask for a login'],
  ])('%s', async (_case, isSaved, env, verdict, evidence) => {
    const home = openHomeWithClaude()
    if (isSaved) writeFile(join(home.claudeDirectory, '.credentials.json'), { canary: 'login-canary' })
    const { of, printed } = await examineMachine(home, { env })
    expect(of('login')).toMatchObject({ verdict, evidence: expect.stringContaining(evidence) })
    expect(printed).not.toContain('login-canary')
  })
})

describe('nesting', () => {
  test('in a run is well, until that has ended', async () => {
    const home = openHomeWithClaude()
    const PATH = process.env['PATH'] ?? ''
    const { env, end } = await startAsking(home, { env: { ...upstreamEnv('http://127.0.0.1:9'), PATH } })
    const inside = { ...env, PATH: home.bin }
    const alive = await examineMachine(home, { env: inside })
    expect(alive.of('nesting')).toMatchObject({ verdict: 'ok' })
    expect(alive.of('nesting').evidence).toContain('inside a run of the profile default')
    expect(alive.of('key')).toMatchObject({ verdict: 'warn', remedy: expect.stringContaining('outside') })
    await end()
    expect((await examineMachine(home, { env: inside })).of('nesting')).toMatchObject({ verdict: 'warn' })
  })

  test('of many runs is a loop', async () => {
    const env = { CLAUDE_GW_RUN_DEPTH: '8' }
    expect((await examineMachine(openHomeWithClaude(), { env })).of('nesting')).toMatchObject({
      verdict: 'fail',
    })
  })
})
