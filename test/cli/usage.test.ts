import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ExchangeRecord } from '../../src/exchange/exchange.ts'
import { toLine } from '../../src/exchange/line.ts'
import { ledgerLine } from '../../src/log/ledger.ts'
import { runCli } from '../support/cli.ts'
import { exchangeRecord } from '../support/exchange-record.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** A state directory with these exchanges in its ledger. */
function openState(
  records: readonly ExchangeRecord[] = [],
  lineOf = ledgerLine,
  file = 'ledger/2026-11.jsonl',
) {
  const state = temporaryDirectory()
  mkdirSync(join(state, 'ledger'))
  mkdirSync(join(state, 'traffic'))
  if (records.length > 0) writeFileSync(join(state, file), records.map(lineOf).join(''))
  const usage = (args: readonly string[], zone = 'UTC') =>
    runCli(['usage', ...args], { env: { CLAUDE_GW_STATE_DIR: state, TZ: zone } })
  const rows = async (args: readonly string[], zone?: string) => {
    const { stdout } = await usage([...args, '--json'], zone)
    return JSON.parse(stdout).rows as Record<string, string | number | null>[]
  }
  return { state, usage, rows }
}

const paid = (changes: Parameters<typeof exchangeRecord>[0] = {}) =>
  exchangeRecord({ cost_usd: 0.25, ...changes })
const at = (ts: string, changes: Parameters<typeof exchangeRecord>[0] = {}) => paid({ ts, ...changes })
const limited = {
  status: 429,
  outcome: 'http_error',
  usage: undefined,
  ttft_ms: undefined,
  cost_usd: undefined,
} as const

test('a row for each day, and the totals', async () => {
  const records = [
    at('2026-11-19T10:00:00.000Z'),
    at('2026-11-20T10:00:00.000Z'),
    at('2026-11-20T11:00:00.000Z', limited),
  ]
  const { exitCode, stdout, stderr } = await openState(records).usage([])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
    'DAY REQUESTS ERRORS RETRIES INPUT OUTPUT READ WRITTEN HIT COST TTFT P95 MS/TOK TOK/S',
    '2026-11-19 1 0 0 1.2k 345 85k 0 99% $0.25 0.9s 0.9s - -',
    '2026-11-20 2 1 0 1.2k 345 85k 0 99% $0.25 0.9s 0.9s - -',
    'total 3 1 0 2.4k 690 170k 0 99% $0.50 0.9s 0.9s - -',
    '',
  ])
})

test('what is unknown is never 0', async () => {
  const records = [
    paid(),
    paid({ cost_usd: null, model: 'acme' }),
    paid({ usage: null, cost_usd: null, model: 'other' }),
  ]
  const { usage, rows } = openState(records)
  const { stdout, stderr } = await usage(['--by', 'model'])
  expect(stdout).toMatch(/^acme .* unknown /m)
  expect(stdout).toMatch(/^total .* ≥\$0\.25 /m)
  expect(stderr).toBe(
    'The cost of 2 requests is unknown, and in no sum\nThe tokens of 1 request are unknown, and in no sum\n',
  )
  expect((await rows(['--by', 'model'])).map(({ model, cost_usd }) => [model, cost_usd])).toEqual([
    ['claude-opus-4-8', 0.25],
    ['acme', null],
    ['other', null],
  ])
})

test('--json is one object with rows, totals, range and zone', async () => {
  const records = [
    at('2026-11-20T10:00:00.000Z', {
      ms_per_token: 12,
      tags: { project: 'web' },
      attempts: [{ duration_ms: 1 }],
    }),
  ]
  const args = ['--by', 'day,project', '--since', '2026-11-01', '--until', '2026-11-30', '--json']
  const { stdout } = await openState(records).usage(args, 'Europe/Berlin')
  const figures = {
    requests: 1,
    errors: 0,
    retries: 1,
    input_tokens: 1204,
    output_tokens: 345,
    cache_read_input_tokens: 85_000,
    cache_creation_input_tokens: 0,
    cache_hit_rate: 0.986,
    cost_usd: 0.25,
    unknown_costs: 0,
    unknown_usages: 0,
    ttft_p50_ms: expect.closeTo(900, -2),
    ttft_p95_ms: expect.closeTo(900, -2),
    ms_per_token: 12.18,
    output_tokens_per_second: 104.53,
  }
  expect(JSON.parse(stdout)).toEqual({
    v: 1,
    source: 'ledger',
    by: ['day', 'project'],
    since: '2026-10-31T23:00:00.000Z',
    until: '2026-11-30T23:00:00.000Z',
    zone: 'Europe/Berlin',
    repriced: false,
    rows: [{ day: '2026-11-20', project: 'web', ...figures }],
    row_count: 1,
    totals: figures,
    skipped_lines: 0,
  })
})

test('subagents belong to their session, unless one asks for agents', async () => {
  const records = [paid(), paid({ agent_id: 'a1', parent_agent_id: 'a0' }), paid({ session_id: undefined })]
  const { rows } = openState(records)
  expect((await rows(['--by', 'session'])).map(({ session, requests }) => [session, requests])).toEqual([
    ['3f2a9c1e-5b7d-4c2a-9e11-0a1b2c3d4e5f', 2],
    [null, 1],
  ])
  expect((await rows(['--by', 'agent'])).map(({ agent, requests }) => [agent, requests])).toEqual([
    [null, 2],
    ['a1', 1],
  ])
})

test('--csv is RFC 4180, and no text in it is a formula', async () => {
  const evil = ['=1+1', '+1', '-1', '@x', '\tx', 'a,"b"\nc']
  const { stdout } = await openState(evil.map((user) => paid({ user }))).usage([
    '--by',
    'user',
    '--csv',
    '--sort',
    'name',
  ])
  const [head = '', ...lines] = stdout.split('\r\n')
  expect(head).toMatch(/^user,requests,errors,retries,input_tokens,/)
  const cells = lines.filter(Boolean).map((line) => line.replace(/,1,0,0,1204,.*$/s, ''))
  expect(cells.sort()).toEqual(["'\tx", "'+1", "'-1", "'=1+1", "'@x", '"a,""b""\nc"'].sort())
})

test('a name off the wire is shown, not sent to the terminal', async () => {
  const { usage } = openState([paid({ model: 'evil\x1b[2J\u202e' })])
  expect((await usage(['--by', 'model'])).stdout).toContain('evil\\x1b[2J\\u202e')
  const { stdout } = await usage(['--by', 'model', '--json'])
  expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  expect(JSON.parse(stdout).rows[0].model).toBe('evil\x1b[2J\u202e')
})

test.each([
  ['--session', 'b81d'],
  ['--model', 'HAIKU'],
  ['--model', 'claude-h*'],
  ['--project', 'web'],
  ['--profile', 'work'],
  ['--user', 'ada'],
])('%s %s leaves out the others', async (...filter) => {
  const meant = paid({
    session_id: 'b81d0c44',
    model: 'claude-haiku-4-5',
    tags: { project: 'web' },
    profile: 'work',
    user: 'ada',
  })
  const other = paid({ tags: { project: 'website' }, profile: 'worker', user: 'adam' })
  const rows = await openState([other, meant, other]).rows([...filter, '--by', 'session'])
  expect(rows).toMatchObject([{ session: 'b81d0c44', requests: 1 }])
})

test('days are local ones: an hour in spring and autumn makes none of another', async () => {
  // In New York 2026-11-01 begins at 04:00 UTC and ends at 05:00 UTC of the next day.
  const records = [
    '2026-11-01T03:59:59.999Z',
    '2026-11-01T04:00:00.000Z',
    '2026-11-02T04:59:59.999Z',
    '2026-11-02T05:00:00.000Z',
  ].map((ts) => at(ts))
  const { rows } = openState(records)
  const days = await rows(['--by', 'day'], 'America/New_York')
  expect(days.map(({ day, requests }) => [day, requests])).toEqual([
    ['2026-10-31', 1],
    ['2026-11-01', 2],
    ['2026-11-02', 1],
  ])
  const weeks = await rows(['--by', 'week'], 'America/New_York')
  expect(weeks.map(({ week, requests }) => [week, requests])).toEqual([
    ['2026-10-26', 3],
    ['2026-11-02', 1],
  ])
  const one = ['--since', '2026-11-01', '--until', '2026-11-01']
  expect(await rows(one, 'America/New_York')).toMatchObject([{ day: '2026-11-01', requests: 2 }])
})

test('the hour that comes twice in autumn is two rows, in their order', async () => {
  const records = ['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z'].map((ts) => at(ts))
  const hours = await openState(records).rows(['--by', 'hour'], 'Europe/Berlin')
  expect(hours.map(({ hour }) => hour)).toEqual(['2026-10-25T02:00+02:00', '2026-10-25T02:00+01:00'])
})

test.each([
  ['Asia/Kolkata', '2026-11-20T18:29:59.999Z', '2026-11-20T18:30:00.000Z'],
  ['Asia/Kathmandu', '2026-11-20T18:14:59.999Z', '2026-11-20T18:15:00.000Z'],
  ['Pacific/Apia', '2026-11-20T10:59:59.999Z', '2026-11-20T11:00:00.000Z'],
])('in %s a day begins within an hour of UTC, also by way of the cache', async (zone, last, first) => {
  // Large enough to be kept in the cache, first by whole hours.
  const records = Array.from({ length: 1000 }, (_, index) => at(index % 2 ? last : first))
  const { rows } = openState(records)
  await rows([], 'UTC')
  for (const _ of [1, 2]) {
    const days = await rows([], zone)
    expect(days.map(({ day, requests }) => [day, requests])).toEqual([
      ['2026-11-20', 500],
      ['2026-11-21', 500],
    ])
  }
})

test('-n leaves the last days, and of anything else what costs most; the totals are of all', async () => {
  const records = [1, 2, 3].map((day) =>
    at(`2026-11-0${day}T10:00:00.000Z`, { model: `m${day}`, cost_usd: day === 2 ? 9 : 1 }),
  )
  const { usage, rows } = openState(records)
  expect(await rows(['-n', '2'])).toMatchObject([{ day: '2026-11-02' }, { day: '2026-11-03' }])
  expect(await rows(['-n', '1', '--by', 'model'])).toMatchObject([{ model: 'm2' }])
  expect(await rows(['--sort', 'cost', '-n', '1'])).toMatchObject([{ day: '2026-11-02' }])
  expect((await usage(['-n', '1'])).stdout).toMatch(/^all 3 +3 /m)
})

test('--from log reads the traffic log, in which the names are the same', async () => {
  const record = paid({ attempts: [{ duration_ms: 5 }, { duration_ms: 6 }] })
  const { rows } = openState([record], toLine, 'traffic/2026-11-20.jsonl')
  expect(await rows([])).toEqual([])
  expect(await rows(['--from', 'log'])).toMatchObject([{ requests: 1, retries: 2, cost_usd: 0.25 }])
})

test('--reprice computes costs again, from the tokens', async () => {
  const usage = { input_tokens: 1_000_000 }
  const records = [
    paid({ usage, model: 'claude-opus-4-8', cost_usd: 99 }),
    paid({ usage, model: 'acme', cost_usd: null }),
  ]
  const { rows } = openState(records)
  expect(await rows(['--reprice', '--by', 'model'])).toMatchObject([
    { model: 'claude-opus-4-8', cost_usd: 5 },
    { model: 'acme', cost_usd: null, unknown_costs: 1 },
  ])
})

test('several at once give the same, and leave one cache', async () => {
  const records = Array.from({ length: 1000 }, (_, index) =>
    at(new Date(Date.UTC(2026, 10, 20) + index).toISOString()),
  )
  const { state, usage } = openState(records)
  const results = await Promise.all(Array.from({ length: 4 }, () => usage(['--json'])))
  expect(new Set(results.map(({ stdout }) => stdout)).size).toBe(1)
  expect(readdirSync(join(state, 'cache'))).toEqual(['ledger-2026-11.jsonl.sums'])
})

test('says where it looks where there is nothing', async () => {
  const { state, usage } = openState()
  const { exitCode, stdout, stderr } = await usage([])
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
  expect(stderr).toContain(join(state, 'ledger'))
  expect(stderr).toContain('--from log')
  expect((await openState([paid()]).usage(['--model', 'x'])).stderr).toContain('No exchange matches')
})

test('a line of a newer version is told apart from one that is none', async () => {
  const { state, usage } = openState([paid()])
  appendFileSync(join(state, 'ledger/2026-11.jsonl'), '{"v":99,"ts":"2026-11-20T10:00:00.000Z"}\n{"v":0}\n')
  expect((await usage([])).stderr).toBe(
    '1 line is no record and was left out\n1 line was written by a newer claude-gw, and left out: update this one to see them\n',
  )
})

test.each([
  [['--by', 'colour'], 'give one of hour, day'],
  [['--by', 'day,model,user'], 'or two with a comma'],
  [['--by', 'day,day'], 'or two with a comma'],
  [['--since', 'yore'], 'a duration (30m, 2h, 7d)'],
  [['--since', '1h', '--until', '2h'], 'is not after'],
  [['--sort', 'beauty'], 'give one of name, requests'],
  [['--from', 'mars'], 'ledger or log'],
  [['-n', 'many'], 'a whole number'],
  [['--json', '--csv'], 'cannot both'],
  [['--user', ''], 'need a text'],
])('%j is a usage error that says what is taken', async (args, message) => {
  const { exitCode, stdout, stderr } = await openState().usage(args)
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toContain(message)
  expect(stderr).toContain('\n  see `claude-gw usage --help`\n')
})

test('the cost centre has all its names', async () => {
  const state = openState([paid({ tags: { cost_center: '4711' } })])
  for (const name of ['cost-center', 'cost_center', 'costCenter'])
    expect(await state.rows(['--by', name])).toMatchObject([{ cost_center: '4711' }])
})
