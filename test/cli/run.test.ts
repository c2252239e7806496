import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Home } from '../support/claude-run.ts'
import {
  installProgram,
  openHome,
  recordsOf,
  runIn,
  startAsking,
  upstreamEnv,
} from '../support/claude-run.ts'
import type { FaultUpstream } from '../support/fault-upstream.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer, stall } from '../support/faults.ts'
import { openRaw } from '../support/raw-client.ts'

/** Nothing answers there; for runs whose child sends nothing. */
const NOWHERE = upstreamEnv('http://127.0.0.1:9')

test.each([
  [['a', '', ' b ', '--', '-x']],
  [['--', '--help']],
  [['--help']],
  [['-p', '$HOME "quoted" \\ ü\n']],
  [['--quiet', '--upstream', 'http://elsewhere', 'run']],
])('the child gets %j as they are', async (args) => {
  const { result, shown } = await show(args)
  expect(result.exitCode).toBe(0)
  expect(shown.args).toEqual(args)
})

test('the child starts in the same folder', async () => {
  const { home, shown } = await show([])
  expect(shown.cwd).toBe(home.project)
})

test.each([0, 1, 7, 255])('exit code %d of the child is ours', async (code) => {
  expect((await runShell(`exit ${code}`)).exitCode).toBe(code)
})

test.each([
  ['TERM', 143],
  ['KILL', 137],
  ['INT', 130],
])('a child that SIG%s ends makes it %d', async (signal, code) => {
  expect(await runShell(`kill -${signal} $$`)).toMatchObject({ exitCode: code, signal: null, stderr: '' })
})

test('stdin and both outputs are the child’s alone', async () => {
  const result = await runShell('tr a-z A-Z; echo problem >&2', { input: 'one\ntwo\n' })
  expect(result).toEqual({ exitCode: 0, signal: null, stdout: 'ONE\nTWO\n', stderr: 'problem\n' })
})

test('finds `claude` on PATH, behind a shim that is ourselves', async () => {
  const home = openHome()
  const real = installProgram(home, 'exec.sh')
  const shims = join(home.directory, 'shims')
  const shim = installProgram({ ...home, directory: shims }, 'exec.sh')
  writeFileSync(shim, '#!/bin/sh\nexec claude-gw run "$@"\n')
  const PATH = [dirname(shim), dirname(real), process.env['PATH']].join(':')
  const result = await runIn(home, ['echo', 'found'], { env: { ...NOWHERE, PATH } })
  expect(result).toEqual({ exitCode: 0, signal: null, stdout: 'found\n', stderr: '' })
})

test('SIGTERM goes to the child, whose exit code counts', async () => {
  const home = openHome()
  const command = installProgram(home, 'exec.sh')
  const run = runIn(
    home,
    ['sh', '-c', 'trap "exit 43" TERM; kill -TERM $PPID; while :; do sleep 0.1; done'],
    {
      env: { ...NOWHERE, CLAUDE_GW_CLAUDE_COMMAND: command },
    },
  )
  expect(await run).toMatchObject({ exitCode: 43, signal: null })
})

test('the answer comes through, and one record stands in the log', async () => {
  const { home, upstream } = await openUpstream()
  const run = await startAsking(home, { env: upstreamEnv(upstream.url) })
  expect(await run.ask()).toEqual({ status: 200, body: '{"ok":true}' })
  expect(await run.end()).toEqual([0, null])
  expect(recordsOf(home)).toMatchObject([{ status: 200, outcome: 'ok', path: '/v1/messages' }])
})

test('an upstream that is down is a 502 for the child, and no end of the run', async () => {
  const home = openHome()
  const run = await startAsking(home, { env: NOWHERE })
  const reply = await run.ask()
  expect(reply.status).toBe(502)
  expect(reply.body).toContain('http://127.0.0.1:9')
  expect((await run.ask()).status).toBe(502)
  expect(await run.end()).toEqual([0, null])
})

test('a child killed from outside makes it 137', async () => {
  const { home, upstream } = await openUpstream()
  const run = await startAsking(home, { env: upstreamEnv(upstream.url) })
  process.kill(run.childPid, 'SIGKILL')
  expect(await run.end()).toEqual([137, null])
})

test('sockets that others keep open do not hold it back', async () => {
  const { home, upstream } = await openUpstream()
  const run = await startAsking(home, { env: upstreamEnv(upstream.url) })
  const idle = await connectTo(run)
  await idle.until(({ text }) => text.includes('{"ok":true}'))
  expect(upstream.openConnections()).toBe(1)
  expect(await run.end()).toEqual([0, null])
  expect((await idle.settled(5000)).ending).toBe('fin')
})

test('an answer that never ends does not hold it back where it is asked to end', async () => {
  const { home, upstream } = await openUpstream(stall({ framing: 'chunked' }, 80))
  const run = await startAsking(home, { env: upstreamEnv(upstream.url) })
  const waiting = await connectTo(run)
  await waiting.until(({ text }) => text.includes('200'))
  run.process.kill('SIGTERM')
  expect(await run.end()).toEqual([143, null])
  expect((await waiting.settled(5000)).ending).not.toBe('open')
})

test('several at once have ports, tokens and runs of their own', async () => {
  const { home, upstream } = await openUpstream()
  const env = upstreamEnv(upstream.url)
  const runs = await Promise.all([1, 2, 3].map(() => startAsking(home, { env })))
  for (const key of ['url', 'token'] as const) expect(new Set(runs.map((run) => run[key])).size).toBe(3)
  await Promise.all(runs.map((run) => run.ask()))
  await Promise.all(runs.map((run) => run.end()))
  expect(new Set(recordsOf(home).map((record) => record.run_id)).size).toBe(3)
})

test('the token of one run does not open another', async () => {
  const { home, upstream } = await openUpstream()
  const env = upstreamEnv(upstream.url)
  const [one, other] = await Promise.all([startAsking(home, { env }), startAsking(home, { env })])
  const reply = await one.ask({ headers: { authorization: `Bearer ${other.token}` } })
  expect(reply.status).toBe(401)
  expect(upstream.requests).toHaveLength(0)
})

test('`--summary` writes the totals of the run', async () => {
  const { home, upstream } = await openUpstream()
  const file = join(home.directory, 'summary.json')
  const run = await startAsking(home, { env: upstreamEnv(upstream.url), options: ['--summary', file] })
  await run.ask()
  await run.ask({ path: '/v1/models', method: 'GET' })
  await run.end()
  const [first] = recordsOf(home)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    v: 1,
    run_id: first?.run_id,
    profile: 'default',
    upstream: upstream.url,
    exit_code: 0,
    requests: 2,
    errors: 0,
    dropped_records: 0,
  })
})

test('a summary without a place is refused before the start', async () => {
  const { result, shown } = await show([], ['--summary', '/nonexistent/summary.json'])
  expect(result.exitCode).toBe(3)
  expect(result.stderr).toContain('/nonexistent/summary.json')
  expect(shown).toBeUndefined()
})

test('a summary that cannot be written is said, and the exit code stays the child’s', async () => {
  const folder = openHome().directory
  const { result } = await show([], ['--summary', folder])
  expect(result.exitCode).toBe(0)
  expect(result.stderr).toContain(folder)
})

test('`--log off` writes no log', async () => {
  const { home, upstream } = await openUpstream()
  const run = await startAsking(home, { env: upstreamEnv(upstream.url), options: ['--log', 'off'] })
  expect((await run.ask()).status).toBe(200)
  await run.end()
  expect(existsSync(join(home.state, 'traffic'))).toBe(false)
})

async function openUpstream(fault = answer()): Promise<{ home: Home; upstream: FaultUpstream }> {
  const upstream = await startFaultUpstream(fault)
  onTestFinished(upstream.close)
  return { home: openHome(), upstream }
}

/** A connection of a program other than the child, with one request on it. */
async function connectTo({ url, token }: { readonly url: string; readonly token: string }) {
  const { host, port } = new URL(url)
  const connection = await openRaw(Number(port))
  onTestFinished(() => connection.destroy())
  await connection.send(`GET /v1/models HTTP/1.1\r\nHost: ${host}\r\nX-Api-Key: ${token}\r\n\r\n`)
  return connection
}

async function show(args: readonly string[], options: readonly string[] = []) {
  const home = openHome()
  const CLAUDE_GW_CLAUDE_COMMAND = installProgram(home, 'show.mjs')
  const result = await runIn(home, args, { env: { ...NOWHERE, CLAUDE_GW_CLAUDE_COMMAND }, options })
  return { home, result, shown: result.stdout === '' ? undefined : JSON.parse(result.stdout) }
}

function runShell(script: string, options: { readonly input?: string } = {}) {
  const home = openHome()
  const CLAUDE_GW_CLAUDE_COMMAND = installProgram(home, 'exec.sh')
  return runIn(home, ['sh', '-c', script], { env: { ...NOWHERE, CLAUDE_GW_CLAUDE_COMMAND }, ...options })
}
