import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLimits } from '../../../src/config/limit-parser.ts'
import { ledgerLine } from '../../../src/log/ledger.ts'
import { monthAt } from '../../../src/log/period.ts'
import { Account } from '../../../src/policies/limits/account.ts'
import type { LedgerUse, LimitPrices } from '../../../src/policies/limits/ledger-line.ts'
import { LedgerLine } from '../../../src/policies/limits/ledger-line.ts'
import { LedgerTail } from '../../../src/policies/limits/ledger-tail.ts'
import { windowStartMs } from '../../../src/policies/limits/sums.ts'
import { exchangeRecord } from '../../support/exchange-record.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const RULES = parseLimits({
  rules: {
    month: { usd: 1, per: 'month', by: 'project' },
    day: { tokens: 1, per: 'day', by: 'session' },
    requests: { requests: 1, per: 'month', by: 'model' },
    hour: { requests: 1, per: 'hour' },
  },
}).rules
const PRICES: LimitPrices = { of: () => 0.5, digest: 'a1' }
const HOUR_MS = 3_600_000
const START_MS = new Date(2026, 10, 1).getTime() - 3 * HOUR_MS

interface Step {
  readonly waitMs: number
  readonly durationMs: number
  readonly session: number
  readonly project: number | undefined
  readonly usage: object | null
}

const step: fc.Arbitrary<Step> = fc.record({
  waitMs: fc.oneof(fc.nat(60_000), fc.nat(20 * HOUR_MS)),
  durationMs: fc.oneof(fc.nat(9999), fc.nat(HOUR_MS)),
  session: fc.nat(3),
  project: fc.option(fc.nat(2), { nil: undefined }),
  usage: fc.option(fc.record({ input_tokens: fc.nat(999), output_tokens: fc.nat(99) })),
})

/** What all limits say of everybody, to a process that starts now. */
function usedIn(directory: string, nowMs: number, rules = RULES, prices = PRICES): string[] {
  const accounts = rules.map((rule) => new Account(rule))
  const groups = new Map(accounts.map((account) => [account, new Set<string>()]))
  const onUse = (use: LedgerUse) => {
    for (const account of accounts) {
      account.add(use, nowMs)
      groups.get(account)?.add(account.groupOf(use.subject))
    }
  }
  const tail = new LedgerTail(directory, new LedgerLine(prices), onUse, 0)
  tail.readBack(Math.min(...rules.map(({ per }) => windowStartMs(per, nowMs))), nowMs)
  return accounts.flatMap((account) =>
    [...(groups.get(account) ?? [])]
      .map((group) => `${account.rule.name} ${group}: ${account.used(group, nowMs).toFixed(6)}`)
      .filter((text) => !text.endsWith(': 0.000000'))
      .sort(),
  )
}

function write(directory: string, { durationMs, session, project, usage }: Step, nowMs: number): void {
  const record = exchangeRecord({
    ts: new Date(nowMs - durationMs).toISOString(),
    duration_ms: durationMs,
    session_id: `s${session}`,
    tags: project === undefined ? {} : { project: `p${project}` },
    usage: usage as never,
    cost_usd: usage ? 0.25 : null,
  })
  appendFileSync(join(directory, `${monthAt(nowMs).name}.jsonl`), ledgerLine(record))
}

test('what is kept of lines that are closed changes no limit, whenever a process starts', () => {
  fc.assert(
    fc.property(fc.array(fc.array(step, { maxLength: 12 }), { minLength: 2, maxLength: 5 }), (phases) => {
      const directory = temporaryDirectory()
      const plain = temporaryDirectory()
      let nowMs = START_MS
      for (const [index, phase] of phases.entries()) {
        for (const one of phase) {
          nowMs += one.waitMs
          write(directory, one, nowMs)
        }
        const rules = [RULES, RULES.slice(3), RULES.slice(1, 2)][index % 3]
        rmSync(plain, { recursive: true })
        cpSync(directory, plain, { recursive: true })
        rmSync(join(plain, 'closed'), { recursive: true, force: true })
        expect(usedIn(directory, nowMs, rules)).toEqual(usedIn(plain, nowMs, rules))
      }
    }),
    { numRuns: 60 },
  )
}, 120_000)

const ONE: Step = {
  waitMs: 0,
  durationMs: 1000,
  session: 1,
  project: 1,
  usage: { input_tokens: 10, output_tokens: 1 },
}
const NOW_MS = START_MS + 100 * HOUR_MS

function withClosed() {
  const directory = join(temporaryDirectory(), 'ledger')
  mkdirSync(directory)
  for (let index = 0; index < 50; index++) write(directory, ONE, START_MS + (4 + index) * HOUR_MS)
  const used = usedIn(directory, NOW_MS)
  const ledger = join(directory, '2026-11.jsonl')
  const closed = join(directory, 'closed', '2026-11.a1.json')
  expect(existsSync(closed)).toBe(true)
  return { directory, used, ledger, closed }
}

test('lines that are closed are not read again', () => {
  const { directory, used, ledger } = withClosed()
  const bytes = readFileSync(ledger)
  // In place, and not where the checksum is.
  writeFileSync(ledger, Buffer.concat([Buffer.alloc(100, ' '), bytes.subarray(100)]))
  expect(usedIn(directory, NOW_MS)).toEqual(used)
})

test.each([
  ['is spoilt', (closed: string) => writeFileSync(closed, '{"v":1')],
  ['is gone', (closed: string) => rmSync(closed)],
  ['is of another version', (closed: string) => writeFileSync(closed, '{"v":2}')],
  [
    'is of another ledger',
    (_: string, ledger: string) => {
      const bytes = readFileSync(ledger)
      rmSync(ledger)
      writeFileSync(ledger, bytes)
    },
  ],
  [
    'is of lines that were changed',
    (_: string, ledger: string) => {
      const text = readFileSync(ledger, 'utf8')
      writeFileSync(ledger, text.trimEnd().replace(/.$/, ' }').replace(/\s\}$/, '}\n'))
    },
  ],
])('what is kept %s: the lines count', (_, spoil) => {
  const { directory, used, ledger, closed } = withClosed()
  spoil(closed, ledger)
  expect(usedIn(directory, NOW_MS)).toEqual(used)
})

test('what has no cost of its own counts by the prices of who asks', () => {
  const directory = temporaryDirectory()
  const record = exchangeRecord({ ts: new Date(START_MS + 5 * HOUR_MS).toISOString(), cost_usd: null })
  appendFileSync(join(directory, '2026-11.jsonl'), ledgerLine(record).repeat(3))
  const used = (prices: LimitPrices) => usedIn(directory, NOW_MS, RULES.slice(0, 1), prices)
  expect(used({ of: () => undefined, digest: 'b2' })).toEqual([])
  expect(used(PRICES)).toEqual([expect.stringContaining(': 1.500000')])
  expect(used({ of: () => 2, digest: 'c3' })).toEqual([expect.stringContaining(': 6.000000')])
  expect(used(PRICES)).toEqual([expect.stringContaining(': 1.500000')])
})

test('a limit of a day leaves behind what is closed of this day too', () => {
  const directory = temporaryDirectory()
  const [day, rules] = [24 * HOUR_MS, RULES.slice(1, 2)]
  const ledger = join(directory, '2026-11.jsonl')
  for (const startMs of [START_MS + 4 * HOUR_MS, START_MS + 4 * HOUR_MS + day]) {
    const start = existsSync(ledger) ? readFileSync(ledger).length : 0
    for (let minute = 0; minute < 60; minute++) write(directory, ONE, startMs + minute * 60_000)
    const used = usedIn(directory, startMs + 15 * HOUR_MS, rules)
    expect(used).toEqual(['day s1: 660.000000'])
    // In place, and not where the checksum is.
    writeFileSync(ledger, readFileSync(ledger).fill(' ', start, start + 100))
    expect(usedIn(directory, startMs + 15 * HOUR_MS, rules)).toEqual(used)
  }
})

test('parts of earlier months are deleted, and nothing else', () => {
  const directory = join(temporaryDirectory(), 'ledger')
  const closed = join(directory, 'closed')
  // That cannot be deleted as a file is.
  mkdirSync(join(closed, '2026-08.json'), { recursive: true })
  const names = [
    '.hidden',
    '2026-09.json',
    '2026-09.a1.json',
    '2026-10.a1.json.1f-2e.tmp',
    '2026-11.b2.json',
    'notes',
  ]
  for (const name of names) writeFileSync(join(closed, name), '')
  write(directory, ONE, START_MS + 5 * HOUR_MS)
  usedIn(directory, NOW_MS)
  const left = ['.hidden', '2026-08.json', '2026-11.a1.json', '2026-11.b2.json', 'notes']
  expect(readdirSync(closed).sort()).toEqual(left)
})
