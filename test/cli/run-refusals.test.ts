import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Home } from '../support/claude-run.ts'
import { installProgram, openHome, runIn, upstreamEnv, writeSettings } from '../support/claude-run.ts'

const NOWHERE = upstreamEnv('http://127.0.0.1:9')

test.each([
  ['an unknown variable', { CLAUDE_GW_UPSTRAEM: 'x' }, 'CLAUDE_GW_UPSTREAM'],
  ['a bad value', { CLAUDE_GW_MAX_BODY_BYTES: 'many' }, 'CLAUDE_GW_MAX_BODY_BYTES'],
  ['an upstream that is no URL', { CLAUDE_GW_UPSTREAM: 'example' }, 'upstream'],
  ['plain http to another machine', { CLAUDE_GW_UPSTREAM: 'http://example.com' }, 'http'],
  ['a credential that is no reference', { CLAUDE_GW_CREDENTIAL: 'sk-ant-x' }, 'passthrough'],
  ['a cloud provider', { CLAUDE_CODE_USE_BEDROCK: '1' }, 'the environment sets CLAUDE_CODE_USE_BEDROCK'],
  ['another cloud provider', { CLAUDE_CODE_USE_VERTEX: 'true' }, 'CLAUDE_CODE_USE_VERTEX'],
])('%s ends it with 3 before the child starts', async (_case, env, text) => {
  const { result, hasStarted } = await tryRun([], { ...NOWHERE, ...env })
  expect(result).toMatchObject({ exitCode: 3, stdout: '' })
  expect(result.stderr).toContain(text)
  expect(result.stderr).not.toContain('sk-ant')
  expect(hasStarted).toBe(false)
})

test.each(['user', 'project', 'local'] as const)(
  'a cloud provider in %s settings ends it with 3 and names the file',
  async (scope) => {
    const home = openHome()
    const path = writeSettings(home, scope, { env: { CLAUDE_CODE_USE_BEDROCK: '1' } })
    const { result, hasStarted } = await tryRun([], NOWHERE, home)
    expect(result).toMatchObject({ exitCode: 3, stdout: '' })
    expect(result.stderr).toContain(`${path} sets CLAUDE_CODE_USE_BEDROCK`)
    expect(hasStarted).toBe(false)
  },
)

test('a cloud provider in `--settings` ends it with 3', async () => {
  const { result } = await tryRun(['--settings', '{"env":{"CLAUDE_CODE_USE_FOUNDRY":"1"}}'], NOWHERE)
  expect(result.exitCode).toBe(3)
  expect(result.stderr).toContain('--settings sets CLAUDE_CODE_USE_FOUNDRY')
})

test('a provider switch that is off is no obstacle, and the highest layer decides', async () => {
  const home = openHome()
  writeSettings(home, 'user', { env: { CLAUDE_CODE_USE_BEDROCK: '1' } })
  writeSettings(home, 'local', { env: { CLAUDE_CODE_USE_BEDROCK: '0' } })
  const { result, hasStarted } = await tryRun([], { ...NOWHERE, CLAUDE_CODE_USE_VERTEX: '0' }, home)
  expect(result.exitCode).toBe(0)
  expect(hasStarted).toBe(true)
})

test.each([
  ['not set', {}],
  ['empty', { UPSTREAM_KEY: ' ' }],
  ['no header value', { UPSTREAM_KEY: 'two\nlines' }],
])('a credential variable that is %s ends it with 4', async (_case, env) => {
  const { UPSTREAM_KEY: _, ...nowhere } = NOWHERE
  const { result, hasStarted } = await tryRun([], { ...nowhere, ...env })
  expect(result).toMatchObject({ exitCode: 4, stdout: '' })
  expect(result.stderr).toContain('UPSTREAM_KEY')
  expect(result.stderr).not.toContain('lines')
  expect(hasStarted).toBe(false)
})

test.each([
  ['op', 'op://vault/item/field'],
  ['vault', 'vault:secret/team#key'],
])('a credential of the program `%s` without that program ends it with 4', async (program, reference) => {
  const env = { ...NOWHERE, CLAUDE_GW_CREDENTIAL: reference, PATH: '/nonexistent' }
  const { result, hasStarted } = await tryRun([], env)
  expect(result).toMatchObject({ exitCode: 4, stdout: '' })
  expect(result.stderr).toContain(`the program \`${program}\` is not on PATH`)
  expect(hasStarted).toBe(false)
})

test.each([
  [['--bg', 'do it'], '`--bg`'],
  [['agents'], '`agents`'],
  [['--settings', '{}', 'agents'], '`agents`'],
])('%j is refused with the recipe of `serve`', async (args, text) => {
  const { result, hasStarted } = await tryRun(args, NOWHERE)
  expect(result).toMatchObject({ exitCode: 3, stdout: '' })
  expect(result.stderr).toContain(text)
  expect(result.stderr).toContain('claude-gw serve')
  expect(hasStarted).toBe(false)
})

test('without a `claude` it is 127, and says how to get one', async () => {
  const result = await runIn(openHome(), [], { env: { ...NOWHERE, PATH: '/nonexistent' } })
  expect(result).toMatchObject({ exitCode: 127, stdout: '' })
  expect(result.stderr).toContain('npm install -g @anthropic-ai/claude-code')
  expect(result.stderr).toContain('CLAUDE_GW_CLAUDE_COMMAND')
})

test('a program that is not there is 127', async () => {
  const env = { ...NOWHERE, CLAUDE_GW_CLAUDE_COMMAND: '/nonexistent/claude' }
  const result = await runIn(openHome(), [], { env })
  expect(result.exitCode).toBe(127)
  expect(result.stderr).toContain('/nonexistent/claude')
})

test('a file that is no program is 126, and says what mends it', async () => {
  const home = openHome()
  const path = installProgram(home, 'exec.sh')
  chmodSync(path, 0o644)
  const result = await runIn(home, [], { env: { ...NOWHERE, CLAUDE_GW_CLAUDE_COMMAND: path } })
  expect(result.exitCode).toBe(126)
  expect(result.stderr).toContain(`chmod +x ${path}`)
})

test('a script without its interpreter is 126', async () => {
  const home = openHome()
  const path = join(home.directory, 'claude')
  writeFileSync(path, '#!/nonexistent/interpreter\n', { mode: 0o755 })
  const result = await runIn(home, [], { env: { ...NOWHERE, CLAUDE_GW_CLAUDE_COMMAND: path } })
  expect(result.exitCode).toBe(126)
  expect(result.stderr).toContain('interpreter')
})

test('only ourselves on PATH is 127', async () => {
  const home = openHome()
  const path = installProgram(home, 'exec.sh')
  writeFileSync(path, '#!/bin/sh\nexec claude-gw run "$@"\n')
  const result = await runIn(home, [], { env: { ...NOWHERE, PATH: join(home.directory, 'bin') } })
  expect(result.exitCode).toBe(127)
  expect(result.stderr).toContain(`${path}, which is claude-gw itself`)
})

test('an unknown option before `run` is a usage error', async () => {
  const result = await runIn(openHome(), [], { env: NOWHERE, options: ['--nonsense'] })
  expect(result).toMatchObject({ exitCode: 2, stdout: '' })
})

/** Runs a child that leaves a file behind, if it is started. */
async function tryRun(args: readonly string[], env: Record<string, string>, home: Home = openHome()) {
  const path = installProgram(home, 'exec.sh')
  const mark = join(home.directory, 'started')
  writeFileSync(path, '#!/bin/sh\ntouch "$HOME/started"\n')
  const result = await runIn(home, args, { env: { ...env, CLAUDE_GW_CLAUDE_COMMAND: path } })
  return { result, hasStarted: existsSync(mark) }
}
