import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { markOf } from '../../src/launch/child-gateway.ts'
import type { AskingRun, Home } from '../support/claude-run.ts'
import { installProgram, openAsking, openHome, recordsOf, upstreamEnv } from '../support/claude-run.ts'
import { userFile, writeFile } from '../support/configured.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer } from '../support/faults.ts'

const PROGRAM = resolve(import.meta.dirname, '../../bin/claude-gw.js')

test('a run in a run of the same profile uses its gateway', async () => {
  const { home, env, upstream } = await openNest()
  const run = await startNested(home, env, [])
  expect((await run.ask()).status).toBe(200)
  await run.end()
  expect(upstream.requests).toHaveLength(1)
  const [record, ...others] = recordsOf(home)
  expect(others).toEqual([])
  expect(record?.run_id).toBe(run.env['CLAUDE_GW_RUN_ID'])
  expect(run.env['CLAUDE_GW_RUN_URL']).toBe(run.url)
})

test('where Claude Code hides its token from the programs it starts, the run in it has it nevertheless', async () => {
  const { home, env, upstream } = await openNest()
  const run = await startNested(home, env, ['env', '-u', 'ANTHROPIC_AUTH_TOKEN'])
  expect(run.token).toMatch(/^cgw-/)
  expect((await run.ask()).status).toBe(200)
  await run.end()
  expect(upstream.requests).toHaveLength(1)
})

test('one of another profile has a gateway of its own, to the upstream of that profile', async () => {
  const { home, env, upstream } = await openNest()
  const other = await startFaultUpstream(answer({ body: '"other"' }))
  onTestFinished(other.close)
  const inner = [
    'env',
    `CLAUDE_GW_UPSTREAM=${other.url}`,
    'CLAUDE_GW_PROFILE=other',
    'UPSTREAM_KEY=other-key',
  ]
  const run = await startNested(home, env, inner)
  expect((await run.ask()).body).toBe('"other"')
  await run.end()
  expect(upstream.requests).toHaveLength(0)
  expect(other.requests[0]?.values('authorization')).toEqual(['Bearer other-key'])
  expect(recordsOf(home)).toMatchObject([{ profile: 'other', upstream: other.url }])
})

test('without an upstream of its own it takes the one that the outer run found, not the outer gateway', async () => {
  const { home, upstream } = await openNest()
  writeFile(userFile(home), { profiles: { other: {} } })
  const env = { ANTHROPIC_BASE_URL: upstream.url, CLAUDE_GW_CREDENTIAL: 'env:K', K: 'outer-key' }
  const run = await startNested(home, env, ['env', 'CLAUDE_GW_PROFILE=other', 'K=inner-key'])
  expect((await run.ask()).status).toBe(200)
  await run.end()
  expect(upstream.requests[0]?.values('authorization')).toEqual(['Bearer inner-key'])
  expect(recordsOf(home)).toMatchObject([{ profile: 'other', upstream: upstream.url }])
})

test('one with an upstream on its command line has a gateway of its own', async () => {
  const { home, env, upstream } = await openNest()
  const other = await startFaultUpstream(answer())
  onTestFinished(other.close)
  const run = await startNested(home, env, ['env', 'UPSTREAM_KEY=other-key'], ['--upstream', other.url])
  await run.ask()
  await run.end()
  expect([upstream.requests.length, other.requests.length]).toEqual([0, 1])
})

test('an upstream that was configured since then is not that of the gateway around', async () => {
  const { home, env, upstream } = await openNest()
  const other = await startFaultUpstream(answer())
  onTestFinished(other.close)
  const changed = ['env', `CLAUDE_GW_UPSTREAM=${other.url}`, 'UPSTREAM_KEY=other-key']
  const run = await startNested(home, env, changed)
  await run.ask()
  await run.end()
  expect([upstream.requests.length, other.requests.length]).toEqual([0, 1])
})

test('an upstream on the command line of the outer run holds for the run in it', async () => {
  const { home, env, upstream } = await openNest()
  const CLAUDE_GW_CLAUDE_COMMAND = installProgram(home, 'exec.sh')
  const other = await startFaultUpstream(answer())
  onTestFinished(other.close)
  const inner = [process.execPath, PROGRAM, 'run', askProgram(home)]
  const run = await startRun(home, { ...env, CLAUDE_GW_CLAUDE_COMMAND }, inner, ['--upstream', other.url])
  await run.ask()
  await run.end()
  expect([upstream.requests.length, other.requests.length]).toEqual([0, 1])
  expect(recordsOf(home)).toHaveLength(1)
})

test('marks of a run that is gone are no run around this one', async () => {
  const { home, env, upstream } = await openNest()
  const marks = {
    CLAUDE_GW_RUN_ID: '01a1fbaa-0000-7000-8000-000000000000',
    CLAUDE_GW_RUN_URL: 'http://127.0.0.1:9',
    CLAUDE_GW_RUN_PROFILE: 'default',
    CLAUDE_GW_RUN_UPSTREAM: markOf(upstream.url),
    CLAUDE_GW_RUN_TOKEN: 'cgw-gone',
    CLAUDE_GW_RUN_DEPTH: '1',
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
    ANTHROPIC_AUTH_TOKEN: 'cgw-gone',
  }
  const run = await startRun(home, { ...env, ...marks, CLAUDE_GW_CLAUDE_COMMAND: askProgram(home) }, [])
  expect(run.url).not.toBe('http://127.0.0.1:9')
  expect((await run.ask()).status).toBe(200)
  await run.end()
  expect(upstream.requests).toHaveLength(1)
})

async function openNest() {
  const upstream = await startFaultUpstream(answer())
  onTestFinished(upstream.close)
  return { home: openHome(), upstream, env: upstreamEnv(upstream.url) }
}

/** A run whose child is a run, whose child asks. `between` stands before the inner one's command line. */
function startNested(
  home: Home,
  env: Record<string, string>,
  between: readonly string[],
  options: readonly string[] = [],
): Promise<AskingRun> {
  const CLAUDE_GW_CLAUDE_COMMAND = installProgram(home, 'exec.sh')
  const inner = [...between, process.execPath, PROGRAM, ...options, 'run', askProgram(home)]
  return startRun(home, { ...env, CLAUDE_GW_CLAUDE_COMMAND }, inner)
}

function askProgram(home: Home): string {
  installProgram(home, 'ask.mjs', 'ask')
  return join(home.directory, 'bin', 'ask')
}

function startRun(
  home: Home,
  env: Record<string, string>,
  args: readonly string[],
  options: readonly string[] = [],
): Promise<AskingRun> {
  const whole = { PATH: process.env['PATH'], ...home.env, ...env }
  const line = [PROGRAM, ...options, 'run', ...args]
  return openAsking(spawn(process.execPath, line, { env: whole, cwd: home.project }))
}
