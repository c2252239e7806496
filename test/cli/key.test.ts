import { expect, test } from 'vitest'
import { runCli } from '../support/cli.ts'

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
])('%s %s is a usage error', async (...args) => {
  expect(await runCli(args)).toMatchObject({ exitCode: 2, stdout: '' })
})
