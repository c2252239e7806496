import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer, choose } from '../support/faults.ts'
import { validLedgerLine } from '../support/record-schema.ts'

const SESSION = { 'x-claude-code-session-id': 'session-1' }

/** Answers with a message of the model that the path ends with. */
const byModel = choose(({ request }) => {
  const model = request.target.split('?')[1]
  const usage = { input_tokens: 1000, output_tokens: 100, cache_read_input_tokens: 10_000 }
  return answer({ body: JSON.stringify({ type: 'message', model, usage }) })
})

/** A run that asks each model once. */
async function runAsking(home: Home, models: readonly string[], env = {}, options: readonly string[] = []) {
  const upstream = await startFaultUpstream(byModel)
  onTestFinished(upstream.close)
  const summary = join(home.directory, 'summary.json')
  const run = await startAsking(home, {
    env: { ...upstreamEnv(upstream.url), ...env },
    options: ['--summary', summary, ...options],
  })
  for (const model of models) await run.ask({ path: `/v1/messages?${model}`, headers: SESSION })
  await run.end()
  return JSON.parse(readFileSync(summary, 'utf8'))
}

function ledgerOf(home: Home): Record<string, unknown>[] {
  const folder = join(home.state, 'ledger')
  const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
  return text
    .flatMap((one) => one.split('\n').filter(Boolean))
    .map((line) => validLedgerLine(JSON.parse(line)))
}

test('record, ledger and summary have the cost, and how many have none that is known', async () => {
  const home = openHome()
  const summary = await runAsking(home, ['claude-opus-5', 'corp-opus', 'claude-haiku-4-5'])
  expect(recordsOf(home).map(({ cost_usd }) => cost_usd)).toEqual([0.0125, null, 0.0025])
  expect(ledgerOf(home).map(({ cost_usd }) => cost_usd)).toEqual([0.0125, null, 0.0025])
  expect(summary).toMatchObject({ cost_usd: 0.015, unknown_costs: 1, usage: { input_tokens: 3000 } })
})

test('the ledger is written without a log as well, and is nobody else’s to read', async () => {
  const home = openHome()
  await runAsking(home, ['claude-opus-5'], {}, ['--log', 'off'])
  expect(readdirSync(home.state)).toEqual(['ledger'])
  expect(ledgerOf(home)).toMatchObject([{ session_id: 'session-1', cost_usd: 0.0125, outcome: 'ok' }])
  const [file = ''] = readdirSync(join(home.state, 'ledger'))
  expect(file).toBe(`${new Date().toISOString().slice(0, 7)}.jsonl`)
  expect(statSync(join(home.state, 'ledger', file)).mode & 0o777).toBe(0o600)
})

test('a run deletes months of the ledger that are too old', async () => {
  const home = openHome()
  await runAsking(home, ['claude-opus-5'])
  writeFileSync(join(home.state, 'ledger', '2020-01.jsonl'), '')
  await runAsking(home, ['claude-opus-5'])
  expect(readdirSync(join(home.state, 'ledger'))).toHaveLength(1)
  expect(ledgerOf(home)).toHaveLength(2)
})

test('a price file goes before the list prices', async () => {
  const home = openHome()
  const path = join(home.directory, 'prices.json')
  const prices = [{ model: 'corp-opus', input: 1, output: 10, cache_read: 0.1 }]
  writeFileSync(path, JSON.stringify({ date: '2026-11-01', prices }))
  await runAsking(home, ['corp-opus', 'claude-opus-5'], { CLAUDE_GW_PRICES: '~/prices.json' })
  expect(recordsOf(home)).toMatchObject([
    { cost_usd: 0.003, price: { table: '2026-11-01', source: path } },
    { cost_usd: 0.0125, price: { source: 'built-in' } },
  ])
})

test.each([
  ['prices.json', '`prices` must be an absolute path, or one that begins with `~/`'],
  ['/nonexistent/prices.json', 'cannot read /nonexistent/prices.json: there is no such file'],
])('with %s for a price file nothing is started', async (path, message) => {
  const home = openHome()
  const env = { ...upstreamEnv('http://127.0.0.1:9'), CLAUDE_GW_PRICES: path }
  const command = installProgram(home, 'exec.sh')
  const result = await runIn(home, ['echo', 'x'], { env: { ...env, CLAUDE_GW_CLAUDE_COMMAND: command } })
  expect(result).toMatchObject({ exitCode: 3, stdout: '' })
  expect(result.stderr).toContain(message)
})
