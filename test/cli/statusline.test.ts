import { mkdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ledgerLine } from '../../src/log/ledger.ts'
import { runCli } from '../support/cli.ts'
import { exchangeRecord } from '../support/exchange-record.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const SESSION = '3f2a9c1e-5b7d-4c2a-9e11-0a1b2c3d4e5f'
const GIVEN = { session_id: SESSION, cost: { total_cost_usd: 9, total_duration_ms: 1000 } }

type Changes = Parameters<typeof exchangeRecord>[0]

/** A state folder with a ledger of this month. */
function openState(...changes: readonly Changes[]): string {
  const state = temporaryDirectory()
  const ts = new Date().toISOString()
  mkdirSync(join(state, 'ledger'))
  const lines = changes.map((one) =>
    ledgerLine(exchangeRecord({ ts, session_id: SESSION, cost_usd: 0.1, ...one })),
  )
  writeFileSync(join(state, 'ledger', `${ts.slice(0, 7)}.jsonl`), lines.join(''))
  return state
}

async function statusline(state: string, input: string, args: readonly string[] = []) {
  const env = { CLAUDE_GW_STATE_DIR: state, FORCE_COLOR: '1' }
  return runCli(['statusline', ...args], { env, input })
}

async function lineOf(state: string, given: object = GIVEN): Promise<string> {
  const { exitCode, stdout, stderr } = await statusline(state, JSON.stringify(given))
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toMatch(/^[^\p{C}]*\n$/u)
  return stdout.trimEnd()
}

test('prints cost, tokens and cache hits of the session and its subagents, and of no other', async () => {
  const usage = { input_tokens: 1000, output_tokens: 2000, cache_read_input_tokens: 9000 }
  const state = openState({ usage }, { usage, agent_id: 'a1' }, { usage, session_id: 'other' })
  expect(await lineOf(state)).toBe('$0.20 · 20k in · 90 % cached · 4.0k out')
})

test('says how many costs are unknown', async () => {
  const unknown = { cost_usd: null, cost_usd_reason: 'why' }
  expect(await lineOf(openState({}, unknown))).toMatch(/^\$0\.10 \+ 1 unknown · /)
  expect(await lineOf(openState(unknown))).toMatch(/^cost unknown · /)
})

test('without anything that was bought it counts requests', async () => {
  const nothing = { cost_usd: undefined, usage: undefined }
  expect(await lineOf(openState(nothing, nothing))).toBe('2 requests')
})

test('says what is left of a budget, as the gateway of the run has told', async () => {
  const state = openState({})
  const rule = { name: 'daily', what: 'usd', most: 20, per: 'day', by: 'all', warnAt: 0.8, match: {} }
  const accounts = [{ rule, group: '', used: 16.4, inFlight: 0, resetsAtMs: Date.now() + 3_600_000 }]
  const report = { v: 1, pid: process.pid, host: hostname(), runId: 'r', uses: [], accounts }
  mkdirSync(join(state, 'ledger', 'inflight'))
  writeFileSync(join(state, 'ledger', 'inflight', `${process.pid}-r.json`), `${JSON.stringify(report)}\n`)
  expect(await lineOf(state)).toMatch(/^\$0\.10 · .* · \$3\.60 left of \$20\.00 per day$/)
})

test('works without a log, and whatever the configuration is', async () => {
  const state = openState({})
  const env = { CLAUDE_GW_STATE_DIR: state, CLAUDE_GW_UPSTREAM: 'no url', CLAUDE_GW_NONSENSE: 'x' }
  const result = await runCli(['--quiet', 'statusline'], { env, input: JSON.stringify(GIVEN) })
  expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('$0.10'), stderr: '' })
})

test.each([
  ['no input', '', 'claude-gw: no session\n'],
  ['no JSON', '{"session_id":', 'claude-gw: no session\n'],
  ['no object', '[1]', 'claude-gw: no session\n'],
  ['no session', '{"session_id":7}', 'claude-gw: no session\n'],
  ['an unknown session', '{"session_id":"\\u001b[2J"}', 'claude-gw: no requests yet\n'],
  [
    'strange fields',
    `{"session_id":"x","cost":[],"transcript_path":"/dev/zero"}`,
    'claude-gw: no requests yet\n',
  ],
])('%s is a neutral line', async (_case, input, stdout) => {
  expect(await statusline(openState({}), input)).toEqual({ exitCode: 0, signal: null, stdout, stderr: '' })
})

test('so is a state folder without a ledger, and one that cannot be read', async () => {
  const state = temporaryDirectory()
  expect(await lineOf(state)).toBe('claude-gw: no requests yet')
  writeFileSync(join(state, 'ledger'), '')
  expect(await lineOf(state)).toBe('claude-gw: the ledger cannot be read')
  expect(await lineOf('relative')).toBe('claude-gw: the ledger cannot be read')
})

test('`--help` has the settings, and an unknown option is a usage error', async () => {
  expect((await statusline('/', '', ['--help'])).stdout).toContain('"command": "claude-gw statusline"')
  expect(await statusline('/', '', ['--color'])).toMatchObject({ exitCode: 2, stdout: '' })
  expect((await runCli(['help'])).stdout).toContain('statusline')
})
