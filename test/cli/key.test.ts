import { once } from 'node:events'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { writeAccount } from '../../src/credentials/accounts.ts'
import { runCli, startCli } from '../support/cli.ts'
import { allGone, processList } from '../support/process-list.ts'
import { startServe } from '../support/serve.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const KEY = `"${process.execPath}" "${resolve(import.meta.dirname, '../../bin/claude-gw.js')}" key`

test('prints the token of a named variable and nothing else', async () => {
  const result = await runCli(['key', '--credential', 'env:TEAM_KEY'], { env: { TEAM_KEY: ' secret-1 ' } })
  expect(result).toEqual({ exitCode: 0, signal: null, stdout: 'secret-1\n', stderr: '' })
})

test('takes the reference from the environment', async () => {
  const env = { TEAM_KEY: 'secret-2', CLAUDE_GW_CREDENTIAL: 'ENV:TEAM_KEY' }
  expect((await runCli(['key'], { env })).stdout).toBe('secret-2\n')
})

test.each([
  ['before it', ['--profile', 'x', '--upstream=https://gateway.example', '--quiet', 'key']],
  ['after it', ['key', '--profile', 'x', '--upstream', 'https://gateway.example', '--quiet', '--no-color']],
  ['around it', ['--credential', 'env:TEAM_KEY', 'key', '--log', 'off']],
])('takes the global options %s', async (_case, args) => {
  const env = { TEAM_KEY: 'secret-3', CLAUDE_GW_CREDENTIAL: 'env:TEAM_KEY' }
  expect(await runCli(args, { env })).toEqual({ exitCode: 0, signal: null, stdout: 'secret-3\n', stderr: '' })
})

test('a profile named like the command is not the command', async () => {
  expect((await runCli(['--profile', 'key', 'logs', 'path'])).stdout).toContain('traffic')
})

test('auto prefers ANTHROPIC_AUTH_TOKEN to ANTHROPIC_API_KEY', async () => {
  const env = { ANTHROPIC_AUTH_TOKEN: 'token', ANTHROPIC_API_KEY: 'key' }
  expect((await runCli(['key'], { env })).stdout).toBe('token\n')
  expect((await runCli(['key'], { env: { ANTHROPIC_API_KEY: 'key' } })).stdout).toBe('key\n')
})

test('inside a run it prints the token of the run and looks nowhere else', async () => {
  const env = { CLAUDE_GW_RUN_ID: 'r', CLAUDE_GW_RUN_TOKEN: 'cgw-run', CLAUDE_GW_CREDENTIAL: 'env:MISSING' }
  expect((await runCli(['key'], { env })).stdout).toBe('cgw-run\n')
})

test.each([
  ['a variable that is not set', ['--credential', 'env:MISSING'], {}, 'MISSING is not set'],
  ['nothing to print', [], {}, 'neither ANTHROPIC_AUTH_TOKEN nor ANTHROPIC_API_KEY'],
  ['passthrough', ['--credential', 'passthrough'], {}, '`claude-gw login`'],
  ['no such file', ['--credential', 'file:/nonexistent/key'], {}, 'no such file'],
  ['a command that fails', ['--credential', 'command:echo why >&2; exit 3'], {}, 'why'],
  ['two lines', ['--credential', 'env:K'], { K: 'one\ntwo' }, 'not printable ASCII'],
  ['a run that uses its own login', [], { CLAUDE_GW_RUN_ID: 'r' }, 'login of Claude Code itself'],
])('fails with 4 and one line for %s', async (_case, args, env, reason) => {
  const result = await runCli(['key', ...args], { env })
  expect(result.exitCode).toBe(4)
  expect(result.stdout).toBe('')
  expect(result.stderr).toContain(reason)
  expect(result.stderr.trimEnd().split('\n')).toHaveLength(1)
})

test('never shows a secret that stands where a reference should', async () => {
  const result = await runCli(['key', '--credential', 'sk-ant-api03-secret'])
  expect(result.exitCode).toBe(3)
  expect(result.stderr).not.toContain('sk-ant')
})

test.each([
  ['key', '--nonsense'],
  ['--nonsense', 'key'],
  ['key', 'more'],
  ['key', '--sk-ant-canary-1'],
])('%s %s is a usage error', async (...args) => {
  const result = await runCli(args)
  expect(result).toMatchObject({ exitCode: 2, stdout: '' })
  expect(result.stderr).not.toContain('canary')
})

test('settings of a repository must not configure it', async () => {
  const cwd = temporaryDirectory()
  mkdirSync(join(cwd, '.claude'))
  const settings = { env: { CLAUDE_GW_CREDENTIAL: 'env:TEAM_KEY', CLAUDE_GW_TAGS: '{}' } }
  writeFileSync(join(cwd, '.claude', 'settings.json'), JSON.stringify(settings))
  const env = { ...settings.env, TEAM_KEY: 'secret-5' }
  const result = await runCli(['key'], { cwd, env })
  expect(result).toMatchObject({ exitCode: 4, stdout: '' })
  expect(result.stderr).toContain('settings.json sets CLAUDE_GW_CREDENTIAL')
})

test.each([
  ['the folder of our configuration', { XDG_CONFIG_HOME: '/elsewhere' }],
  ['the token of a run', { CLAUDE_GW_RUN_ID: 'x', CLAUDE_GW_RUN_TOKEN: 'of-the-repository' }],
  ['the credential', { ANTHROPIC_AUTH_TOKEN: 'of-the-repository' }],
])('settings of a repository must not choose %s', async (_case, variables) => {
  const cwd = repositoryWith(variables)
  const result = await runCli(['key'], { cwd, env: { ...variables, ANTHROPIC_API_KEY: 'secret-6' } })
  expect(result).toMatchObject({ exitCode: 4, stdout: '' })
  expect(result.stderr).toContain(`settings.json sets ${Object.keys(variables)[0]}`)
})

test('a repository that goes elsewhere than the profile gets no credential of it', async () => {
  const cwd = repositoryWith({ ANTHROPIC_BASE_URL: 'https://evil.example' })
  const env = {
    CLAUDE_GW_UPSTREAM: 'https://gateway.example',
    CLAUDE_GW_CREDENTIAL: 'env:TEAM_KEY',
    TEAM_KEY: 's',
  }
  const result = await runCli(['key'], { cwd, env })
  expect(result).toMatchObject({ exitCode: 4, stdout: '' })
  expect(result.stderr).toContain('settings.json sets ANTHROPIC_BASE_URL')
})

function repositoryWith(env: Readonly<Record<string, string>>): string {
  const cwd = temporaryDirectory()
  mkdirSync(join(cwd, '.claude'))
  writeFileSync(join(cwd, '.claude', 'settings.json'), JSON.stringify({ env }))
  return cwd
}

test('prints what a file holds', async () => {
  const path = join(temporaryDirectory(), 'key')
  writeFileSync(path, 'from-file\n', { mode: 0o600 })
  expect(await runCli(['key', '--credential', `file:${path}`])).toMatchObject({
    exitCode: 0,
    stdout: 'from-file\n',
  })
  chmodSync(path, 0o644)
  const refused = await runCli(['key', '--credential', `file:${path}`])
  expect(refused).toMatchObject({ exitCode: 4, stdout: '' })
  expect(refused.stderr).toContain(`chmod 600 ${path}`)
})

test('prints what a command prints', async () => {
  const result = await runCli(['key', '--credential', 'command:printf from-%s command'])
  expect(result).toEqual({ exitCode: 0, signal: null, stdout: 'from-command\n', stderr: '' })
})

test('a command that leads back to `key` ends, and says so', async () => {
  const result = await runCli(['key'], { env: { CLAUDE_GW_CREDENTIAL: `command:${KEY}` } })
  expect(result).toMatchObject({ exitCode: 4, stdout: '' })
  expect(result.stderr).toContain('leads back to claude-gw')
})

test('a command may ask `key` for another reference', async () => {
  const credential = `command:${KEY} --credential env:TEAM_KEY`
  const result = await runCli(['key', '--credential', credential], { env: { TEAM_KEY: 'secret-4' } })
  expect(result.stdout).toBe('secret-4\n')
})

test('stopped, it takes the command with it', async () => {
  const { path, ids } = processList()
  const child = startCli(['key', '--credential', `command:echo $$ > ${path}; exec sleep 300`])
  const helper = await ids(1)
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([143, null])
  await allGone(helper)
})

test('behind a running `serve` it prints the token of that', async () => {
  const { ready, env } = await startServe()
  const inside = { ...env, ANTHROPIC_BASE_URL: ready.url }
  expect((await runCli(['key'], { env: inside })).stdout).toBe(`${ready.token}\n`)
})

describe('a stored key is for one upstream', () => {
  const CASES = [
    [
      'a repository sets another base URL',
      { ANTHROPIC_BASE_URL: 'https://evil.example' },
      'https://evil.example',
    ],
    ['the upstream is configured', { CLAUDE_GW_UPSTREAM: 'https://new.example/v1' }, 'https://new.example'],
    [
      'the base URL is what Claude Code uses, whatever is configured',
      { ANTHROPIC_BASE_URL: 'https://evil.example', CLAUDE_GW_UPSTREAM: 'https://gateway.example' },
      'https://evil.example',
    ],
    ['nothing names it', {}, 'https://api.anthropic.com'],
    [
      'Claude Code has no base URL, whatever is configured',
      { CLAUDE_CODE_ENTRYPOINT: 'cli', CLAUDE_GW_UPSTREAM: 'https://gateway.example' },
      'https://api.anthropic.com',
    ],
  ] as const

  test.each(CASES)('when %s', async (_case, env, upstream) => {
    const state = temporaryDirectory()
    writeAccount(state, {
      account: 'default',
      origin: 'https://gateway.example',
      storedAt: '2026-11-21T00:00:00Z',
    })
    const result = await runCli(['key'], {
      env: { ...env, CLAUDE_GW_STATE_DIR: state, ANTHROPIC_API_KEY: 'next' },
    })
    expect(result).toMatchObject({ exitCode: 4, stdout: '' })
    expect(result.stderr).toContain('was stored for https://gateway.example')
    expect(result.stderr).toContain(`not sent to ${upstream}.`)
    expect(result.stderr).toContain(`claude-gw --upstream ${upstream} login`)
  })
})
