import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { publishedAccounts } from '../../../src/policies/limits/published-accounts.ts'
import { asked, limitedMachine, passed, refusal } from '../../support/limits.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

test('ten times ten cents are a dollar', async () => {
  const machine = limitedMachine()
  const limits = machine.open({ daily: { usd: 1, per: 'day' } })
  for (let count = 0; count < 10; count++) machine.write({ cost_usd: 0.1 })
  expect(await refusal(limits.decide(asked()))).toMatchObject({ code: 'LIMIT_SPENT' })
})

test('a budget in USD that is used up ends in a final billing error', async () => {
  const machine = limitedMachine()
  const limits = machine.open({ daily: { usd: 1, per: 'day' } })
  machine.write({ cost_usd: 0.999 })
  const first = await passed(limits.decide(asked()))
  first.settle(machine.write({ cost_usd: 0.5 }))
  expect(await refusal(limits.decide(asked()))).toMatchObject({
    ...{ code: 'LIMIT_SPENT', status: 429, type: 'billing_error', canRetry: false },
    message: 'the budget `daily` is used up: $1.50 of $1.00 per day',
    remedy: expect.stringMatching(
      /^it has room again on 2026-11-21 at 00:00 \(in 12 h 0 min\); .*`claude-gw config set policies\.limits\.rules\.daily '…'` .*config list/,
    ),
  })
  machine.wait(12 * HOUR_MS)
  expect(await refusal(limits.decide(asked()))).toBeUndefined()
})

test('what was used before this run began counts, of yesterday only for the month', async () => {
  const machine = limitedMachine()
  machine.write({ cost_usd: 3, ts: new Date(machine.now() - 24 * HOUR_MS).toISOString() })
  machine.write({ cost_usd: 1 })
  const limits = machine.open({ day: { usd: 4, per: 'day' }, month: { usd: 5, per: 'month' } })
  expect(limits.accounts().map(({ rule, used }) => [rule.name, used])).toEqual([
    ['month', 4],
    ['day', 1],
  ])
})

test('a run counts what it uses itself, and no more', async () => {
  const machine = limitedMachine()
  machine.write({ cost_usd: 3 })
  const limits = machine.open({ run: { usd: 1, per: 'run' } }, { self: { pid: 1, host: 'h', runId: 'mine' } })
  machine.write({ cost_usd: 3, run_id: 'other' })
  await passed(limits.decide(asked()))
  machine.write({ cost_usd: 3, run_id: 'mine' })
  expect(await refusal(limits.decide(asked()))).toMatchObject({
    code: 'LIMIT_SPENT',
    remedy: expect.stringMatching(/^a new run starts at nothing/),
  })
})

test('the pace of a minute ends in a wait that Claude Code accepts', async () => {
  const machine = limitedMachine()
  const limits = machine.open({ pace: { requests: 2, per: 'minute' } })
  for (const secondMs of [1000, 20_000]) {
    machine.wait(secondMs)
    const reservation = await passed(limits.decide(asked()))
    machine.wait(1000)
    reservation.settle(machine.write())
  }
  const error = await refusal(limits.decide(asked()))
  expect(error).toMatchObject({ code: 'LIMIT_PACE', status: 429, type: 'rate_limit_error', canRetry: true })
  expect(error?.retryAfterSeconds).toBeGreaterThan(30)
  expect(error?.retryAfterSeconds).toBeLessThanOrEqual(60)
  machine.wait((error?.retryAfterSeconds ?? 0) * 1000)
  expect(await refusal(limits.decide(asked()))).toBeUndefined()
})

test('a limit that has room in an hour only is final', async () => {
  const machine = limitedMachine()
  const limits = machine.open({ hourly: { tokens: 500, per: 'hour' } })
  machine.write({ usage: { input_tokens: 400, output_tokens: 100, cache_read_input_tokens: 9000 } })
  expect(await refusal(limits.decide(asked()))).toMatchObject({
    ...{ code: 'LIMIT_REACHED', type: 'rate_limit_error', canRetry: false, retryAfterSeconds: undefined },
    message: 'the limit `hourly` is reached: 500 of 500 tokens per hour',
  })
})

test('what comes from the cache is no input', () => {
  const machine = limitedMachine()
  machine.write({
    usage: {
      input_tokens: 3,
      output_tokens: 5,
      cache_creation_input_tokens: 40,
      cache_read_input_tokens: 9000,
    },
  })
  machine.write({
    usage: { prompt_tokens: 100, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 90 } },
  })
  const rules = { in: { inputTokens: 1000, per: 'hour' }, out: { outputTokens: 1000, per: 'hour' } }
  const used = machine
    .open(rules)
    .accounts()
    .map((account) => [account.rule.name, account.used])
  expect(Object.fromEntries(used)).toEqual({ in: 53, out: 12 })
})

test('more at once than is allowed has to wait, and no longer than until one has ended', async () => {
  const machine = limitedMachine()
  const limits = machine.open({ agents: { concurrent: 2 } })
  const first = await passed(limits.decide(asked()))
  await passed(limits.decide(asked()))
  expect(await refusal(limits.decide(asked()))).toMatchObject({
    ...{ code: 'LIMIT_PACE', retryAfterSeconds: 5 },
    message: expect.stringContaining('0 and 2 in flight of 2 requests at once'),
  })
  first.settle(machine.write())
  expect(await refusal(limits.decide(asked()))).toBeUndefined()
})

test('a burst is what begins within a second', async () => {
  const machine = limitedMachine()
  const limits = machine.open({ burst: { burst: 3 } })
  for (let count = 0; count < 3; count++) {
    const reservation = await passed(limits.decide(asked()))
    reservation.settle(machine.write())
  }
  expect(await refusal(limits.decide(asked()))).toMatchObject({ code: 'LIMIT_PACE', retryAfterSeconds: 1 })
  machine.wait(1000)
  expect(await refusal(limits.decide(asked()))).toBeUndefined()
})

test('each project has its own amount, and a limit for one model leaves the others alone', async () => {
  const machine = limitedMachine()
  const limits = machine.open({ projects: { usd: 1, per: 'day', by: 'project', match: { model: '*opus*' } } })
  machine.write({ cost_usd: 2, tags: { project: 'a' } })
  const ask = (project: string, model: string) =>
    refusal(limits.decide(asked({ subject: { project, model } })))
  expect((await ask('a', 'claude-opus-4-8'))?.message).toBe(
    'the budget `projects` (project a) is used up: $2.00 of $1.00 per day',
  )
  expect(await ask('b', 'claude-opus-4-8')).toBeUndefined()
  expect(await ask('a', 'claude-haiku-4-5')).toBeUndefined()
})

test('a name off the wire does not reach a terminal as it is', async () => {
  const machine = limitedMachine()
  const limits = machine.open({ m: { usd: 1, per: 'day', by: 'model' } })
  const model = `evil\u001b[2J${'x'.repeat(300)}`
  machine.write({ cost_usd: 2, model })
  const error = await refusal(limits.decide(asked({ subject: { model } })))
  expect(error?.message).not.toContain('\u001b')
  expect(error?.message.length).toBeLessThan(200)
})

test('what is in flight counts by its estimate, which alone stops nothing for good', async () => {
  const machine = limitedMachine()
  const limits = machine.open({ hourly: { tokens: 1900, per: 'hour' } })
  const first = await passed(limits.decide(asked()))
  expect(first.estimate).toMatchObject({ inputTokens: 1000, outputTokens: 1000 })
  expect(await refusal(limits.decide(asked()))).toMatchObject({ code: 'LIMIT_PACE', retryAfterSeconds: 5 })
  first.settle(machine.write({ usage: { input_tokens: 10, output_tokens: 10 } }))
  first.settle(machine.record({ usage: { input_tokens: 10_000, output_tokens: 10 } }), false)
  expect(limits.accounts()).toMatchObject([{ used: 20, inFlight: 0 }])
  const second = await passed(limits.decide(asked({ bodyBytes: 1e6 })))
  expect(limits.accounts()).toMatchObject([{ used: 20, inFlight: 20 }])
  expect(second.estimate).toMatchObject({ inputTokens: 10, outputTokens: 10 })
})

test('an answer whose cost is not known counts as what came of it, or as the estimate', async () => {
  const machine = limitedMachine()
  const limits = machine.open({ daily: { usd: 100, per: 'day' }, tokens: { tokens: 2e6, per: 'day' } })
  const used = () => limits.accounts().map((account) => [account.rule.name, account.used])
  const cut = { cost_usd: null, outcome: 'client_aborted' } as const
  machine.write({ ...cut, usage: { input_tokens: 1_000_000, output_tokens: 0 }, model: 'claude-haiku-4-5' })
  await passed(limits.decide(asked({ subject: {}, path: '/v1/messages' })))
  expect(Object.fromEntries(used())).toEqual({ daily: 1, tokens: 1e6 })
  const other = limitedMachine()
  const fresh = other.open({ tokens: { tokens: 1e6, per: 'day' } })
  const subject = { session: 'x', model: 'claude-opus-4-8' }
  const reservation = await passed(fresh.decide(asked({ subject })))
  reservation.settle(other.write({ ...cut, usage: null, status: undefined, session_id: 'x' }))
  await passed(fresh.decide(asked({ subject: { session: 'y' } })))
  expect(fresh.accounts()).toMatchObject([{ used: 2000 }])
})

test('what was not sent, and what asks no model, counts for nothing', async () => {
  const machine = limitedMachine()
  const limits = machine.open({ r: { requests: 1, per: 'day' } })
  machine.write({ outcome: 'refused', status: undefined, answered_by: 'claude-gw' })
  machine.write({ outcome: 'upstream_error', status: undefined, answered_by: 'claude-gw' })
  machine.write({ path: '/v1/messages/count_tokens' })
  machine.write({ path: '/v1/models', model: undefined })
  appendFileSync(
    join(machine.ledgerDirectory, readdirSync(machine.ledgerDirectory)[0] as string),
    'torn {"v":1\n',
  )
  expect(limits.decide(asked({ path: '/v1/messages/count_tokens' }))).toEqual({ kind: 'pass' })
  expect(limits.decide(asked({ path: '/v1/models', subject: {} }))).toEqual({ kind: 'pass' })
  expect(await refusal(limits.decide(asked()))).toBeUndefined()
})

test('without a store the decision is there in the same tick', () => {
  const limits = limitedMachine().open({ r: { requests: 1, per: 'day' } })
  expect(limits.decide(asked())).toMatchObject({ kind: 'pass' })
})

test('two runs share a budget, and each knows what the other has in flight', async () => {
  const machine = limitedMachine()
  const rules = { hourly: { tokens: 3500, per: 'hour' } }
  const [one, two] = [1, 2].map((pid) =>
    machine.open(rules, { self: { pid, host: 'h', runId: `run${pid}` } }),
  )
  const held = await passed(one?.decide(asked()) ?? { kind: 'pass' })
  await passed(two?.decide(asked()) ?? { kind: 'pass' })
  expect(await refusal(one?.decide(asked()) ?? { kind: 'pass' })).toMatchObject({
    code: 'LIMIT_PACE',
    message: expect.stringContaining('4,000 in flight'),
  })
  held.settle(machine.write({ usage: { input_tokens: 100, output_tokens: 100 } }))
  await new Promise((resolve) => setImmediate(resolve))
  expect(await refusal(two?.decide(asked()) ?? { kind: 'pass' })).toBeUndefined()
})

test('what a run has in flight stands in a file for its owner alone, which goes with it', async () => {
  const machine = limitedMachine()
  const limits = machine.open({ r: { requests: 5, per: 'day' } })
  await passed(limits.decide(asked()))
  const folder = join(machine.ledgerDirectory, 'inflight')
  const path = join(folder, `${process.pid}-${machine.runId}.json`)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(JSON.parse(readFileSync(path, 'utf8')).uses).toHaveLength(1)
  await limits.close()
  expect(existsSync(path)).toBe(false)
})

test('what a run has in flight that is gone, or shows no life, does not count', async () => {
  const machine = limitedMachine(Date.now())
  const dead = new Set<number>()
  const isAlive = (pid: number) => !dead.has(pid)
  const rules = { r: { requests: 1, per: 'day' } }
  const other = machine.open(rules, { self: { pid: 77, host: 'laptop', runId: 'r77' } })
  await passed(other.decide(asked()))
  const limits = machine.open(rules, { isAlive })
  const path = join(machine.ledgerDirectory, 'inflight', '77-r77.json')
  expect(await refusal(limits.decide(asked()))).toMatchObject({ code: 'LIMIT_REACHED' })
  machine.wait(40_000)
  const later = await passed(limits.decide(asked()))
  later.settle(undefined)
  machine.wait(-40_000)
  dead.add(77)
  expect(existsSync(path)).toBe(true)
  expect(await refusal(limits.decide(asked()))).toBeUndefined()
  expect(existsSync(path)).toBe(false)
})

test('foreign files beside it disturb nothing', async () => {
  const machine = limitedMachine()
  const limits = machine.open({ r: { requests: 2, per: 'day' } })
  await passed(limits.decide(asked()))
  const folder = join(machine.ledgerDirectory, 'inflight')
  appendFileSync(join(folder, '1-a.json'), '')
  appendFileSync(
    join(folder, '2-b.json'),
    '{"v":1,"pid":2,"host":"h","accounts":[],"uses":[{"amounts":{"usd":"x"}}]}\n',
  )
  expect(await refusal(limits.decide(asked()))).toBeUndefined()
})

test('the months follow each other, and what is written around their end is not missed', async () => {
  const midnight = Date.UTC(2026, 11, 1)
  const machine = limitedMachine(midnight - 5000)
  const limits = machine.open({ hourly: { requests: 100, per: 'hour' } })
  machine.write()
  await passed(limits.decide(asked()))
  machine.wait(10_000)
  machine.write()
  await passed(limits.decide(asked()))
  const line = readFileSync(join(machine.ledgerDirectory, '2026-11.jsonl'), 'utf8')
  appendFileSync(join(machine.ledgerDirectory, '2026-11.jsonl'), line)
  await passed(limits.decide(asked()))
  expect(limits.accounts()).toMatchObject([{ used: 3 }])
  expect(machine.open({ hourly: { requests: 100, per: 'hour' } }).accounts()).toMatchObject([{ used: 3 }])
})

test('a line that could not be written counts in this run at least', async () => {
  const machine = limitedMachine()
  const limits = machine.open({ daily: { usd: 1, per: 'day' } })
  const reservation = await passed(limits.decide(asked()))
  reservation.settle(machine.record({ cost_usd: 2 }), false)
  expect(await refusal(limits.decide(asked()))).toMatchObject({ code: 'LIMIT_SPENT' })
})

test('the status line learns from the file of the run how its limits stand', async () => {
  const machine = limitedMachine(Date.now())
  const { ledgerDirectory, runId } = machine
  const rules = {
    daily: { usd: 5, per: 'day' },
    run: { usd: 1, per: 'run' },
    mine: { tokens: 1e6, per: 'day', by: 'session' },
  }
  const limits = machine.open(rules)
  for (const session of ['a', 'b']) {
    const reservation = await passed(limits.decide(asked({ subject: { session } })))
    reservation.settle(machine.write({ cost_usd: 0.25, session_id: session }))
  }
  await new Promise((resolve) => setImmediate(resolve))
  const query = { ledgerDirectory, host: 'laptop', isAlive: () => true, subject: { session: 'a' } }
  const names = (changes: object) =>
    publishedAccounts({ ...query, ...changes }, machine.now()).map(({ rule, used }) => [rule.name, used])
  expect(names({ runId })).toEqual([
    ['run', 0.5],
    ['daily', 0.5],
    ['mine', 1549],
  ])
  expect(names({ runId: 'other' })).toEqual([
    ['daily', 0.5],
    ['mine', 1549],
  ])
  expect(names({ isAlive: () => false })).toEqual([])
})

test('a ledger that cannot be read is told once, and requests pass', async () => {
  const machine = limitedMachine()
  mkdirSync(join(machine.ledgerDirectory, '2026-11.jsonl'), { recursive: true })
  const limits = machine.open({ daily: { usd: 1, per: 'day' } })
  for (let count = 0; count < 3; count++) await passed(limits.decide(asked()))
  expect(machine.troubles).toEqual([expect.stringMatching(/^limits count only what this run uses: /)])
})

test('of a model without a price it is told once that limits in USD do not count it', async () => {
  const machine = limitedMachine()
  const limits = machine.open({
    daily: { usd: 5, per: 'day', match: { model: '*opus*' } },
    pace: { requests: 99, per: 'minute' },
  })
  const settleOne = async (model: string, changes: Parameters<typeof machine.record>[0]) => {
    const { subject } = asked()
    const { settle } = await passed(limits.decide(asked({ subject: { ...subject, model } })))
    settle(machine.record({ model, ...changes }))
  }
  const unpriced = {
    cost_usd: null,
    cost_usd_reason: 'there is no price for this model',
    usage: { input_tokens: 5, output_tokens: 5 },
  }
  await settleOne('claude-opus-4-8', { cost_usd: 0.5 })
  await settleOne('some-other', { ...unpriced, response_model: 'glm-5' })
  await settleOne('my-opus', { ...unpriced, usage: null })
  await settleOne('my-opus', { ...unpriced, outcome: 'truncated' })
  expect(machine.troubles).toEqual([])
  await settleOne('my-opus', { ...unpriced, response_model: 'glm-5\u001b[2J' })
  await settleOne('my-opus', { ...unpriced, response_model: 'glm-5\u001b[2J' })
  expect(machine.troubles).toEqual([
    'limit daily does not count what `glm-5\ufffd[2J` costs: there is no price for this model',
  ])
})
