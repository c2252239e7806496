import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TimeRange } from '../../../src/log/since.ts'
import { openUsageCache, UsageCacheWriter } from '../../../src/log/usage-cache.ts'
import type { UsageScanOptions } from '../../../src/log/usage-scan.ts'
import { sweepUsageCache, UsageScan } from '../../../src/log/usage-scan.ts'
import type { Counter } from '../../../src/usage/counters.ts'
import { COUNTER, COUNTERS } from '../../../src/usage/counters.ts'
import { Groups } from '../../../src/usage/groups.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const HOUR_MS = 3_600_000
const START_MS = Date.UTC(2026, 10, 20)
/** Of some 400 bytes each. */
const LINE_COUNT = 2500

function lineAt(index: number, output = index % 1000): string {
  const fields = {
    v: 1,
    ts: new Date(START_MS + index * 7000).toISOString(),
    session_id: `0000000${index % 7}-5b7d-4c2a-9e11-0a1b2c3d4e5f`,
    profile: 'default',
    path: '/v1/messages',
    model: 'claude-opus-5-5',
    status: 200,
    outcome: 'ok',
    usage: { input_tokens: 1, output_tokens: output, cache_read_input_tokens: 85_000 },
    cost_usd: 0.001,
    ttft_ms: 100 + (index % 900),
    duration_ms: 4200.5,
    ms_per_token: 12,
    credential: { source: 'keychain:default' },
  }
  return `${JSON.stringify(fields)}\n`
}

/** A ledger of several segments, and scans of it. */
function openLedger() {
  const state = temporaryDirectory()
  const cacheDirectory = join(state, 'cache')
  const path = join(state, 'ledger', '2026-11.jsonl')
  mkdirSync(join(state, 'ledger'))
  writeFileSync(path, Array.from({ length: LINE_COUNT }, (_, index) => lineAt(index)).join(''))
  const cachePath = join(cacheDirectory, 'ledger-2026-11.jsonl.sums')
  // As if it were later, so that the file has come to rest.
  const options = () => ({ range: {}, stretchMs: HOUR_MS, segmentBytes: 300_000, nowMs: Date.now() + 60_000 })
  return {
    path,
    cacheDirectory,
    cachePath,
    scan: (changes: Partial<UsageScanOptions> = {}) =>
      sumsOf(path, { ...options(), cacheDirectory, ...changes }),
    fresh: (range: TimeRange = {}) => sumsOf(path, { ...options(), range }),
  }
}

function sumsOf(path: string, options: UsageScanOptions) {
  const scan = new UsageScan(options)
  const groups = new Groups([{ dimension: 'session' }], [])
  for (const cells of scan.cells([path])) groups.add(cells)
  const sums = Object.fromEntries(
    COUNTERS.map((name, index) => [name, groups.totals.counters[index]]),
  ) as Record<Counter, number>
  const p95 = groups.totals.ttftMs.quantile(0.95)
  return { ...sums, skipped: scan.skipped, newer: scan.newer, sessions: groups.groups().length, p95 }
}

/** Makes the cache say that there were a million requests more, as nothing but the cache could say. */
function forge(cachePath: string): void {
  const cache = openUsageCache(cachePath)
  if (!cache) throw new Error('there is no cache')
  const writer = new UsageCacheWriter(cachePath)
  let isFirst = true
  for (const summed of cache.take(cache.length)) {
    if (isFirst) summed.cells.counters[COUNTER.requests] = 1_000_000
    isFirst = false
    writer.append(summed)
  }
  writer.commit(cache.fingerprint)
  cache.close()
}

test('a file that has not changed is not read again', () => {
  const { scan, fresh, cachePath } = openLedger()
  const sums = fresh()
  expect(sums.requests).toBe(LINE_COUNT)
  expect(scan()).toEqual(sums)
  expect(scan()).toEqual(sums)
  expect(statSync(cachePath).mode & 0o777).toBe(0o600)
  forge(cachePath)
  expect(scan().requests).toBeGreaterThan(1_000_000)
})

test('lines of a newer version are counted, also from the cache', () => {
  const { path, scan } = openLedger()
  appendFileSync(path, '{"v":2,"ts":"2026-11-20T10:00:00.000Z"}\n{"v":"x"}\n')
  for (let time = 0; time < 2; time++) expect(scan()).toMatchObject({ skipped: 2, newer: 1 })
})

test('of a file that has grown only the end is read, also where a line was torn there', () => {
  const { path, scan, fresh, cachePath } = openLedger()
  appendFileSync(path, lineAt(LINE_COUNT).slice(0, 50))
  expect(scan()).toMatchObject({ requests: LINE_COUNT, skipped: 1 })
  forge(cachePath)
  appendFileSync(path, lineAt(LINE_COUNT).slice(50))
  appendFileSync(path, lineAt(LINE_COUNT + 1))
  expect(scan().requests).toBeGreaterThan(1_000_000)
  rmSync(cachePath)
  expect(scan()).toEqual(fresh())
  expect(fresh()).toMatchObject({ requests: LINE_COUNT + 2, skipped: 0 })
})

test.each<[string, (path: string) => void]>([
  ['cut', (path) => truncateSync(path, statSync(path).size >> 1)],
  ['emptied', (path) => truncateSync(path, 0)],
  ['changed in place', (path) => replaceInPlace(path, '"input_tokens":1,', '"input_tokens":9,')],
  [
    'changed in place, with its time set back',
    (path) => {
      const { atime, mtime } = statSync(path)
      replaceInPlace(path, '"input_tokens":1,', '"input_tokens":9,')
      utimesSync(path, atime, mtime)
    },
  ],
  [
    'replaced by another of the same size',
    (path) => {
      const text = readFileSync(path, 'utf8').replace('"input_tokens":1,', '"input_tokens":9,')
      writeFileSync(`${path}.new`, text)
      renameSync(`${path}.new`, path)
    },
  ],
  ['deleted', (path) => rmSync(path)],
])('a file that was %s is read for what it is now', (_what, change) => {
  const { path, scan, fresh } = openLedger()
  scan()
  change(path)
  expect(scan()).toEqual(fresh())
  expect(scan()).toEqual(fresh())
})

test('a file that was written to just now is compared by its bytes', () => {
  const { path, scan, fresh, cachePath } = openLedger()
  const nowMs = statSync(path).ctimeMs + 10
  expect(scan({ nowMs })).toEqual(fresh())
  expect(openUsageCache(cachePath)?.fingerprint).toBe('')
  replaceInPlace(path, '"input_tokens":1,', '"input_tokens":9,')
  expect(scan({ nowMs })).toEqual(fresh())
})

test('a cache with any byte changed, or cut anywhere, gives no wrong sum', () => {
  const { path, cachePath, scan, fresh } = openLedger()
  const sums = fresh()
  scan()
  const intact = readFileSync(cachePath)
  const damages = fc.tuple(fc.nat(intact.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean())
  fc.assert(
    fc.property(damages, ([at, change, isCut]) => {
      const bytes = Buffer.from(intact)
      bytes[at] = (bytes[at] ?? 0) ^ change
      writeFileSync(cachePath, isCut ? bytes.subarray(0, at) : bytes)
      expect(scan()).toEqual(sums)
    }),
    { numRuns: 40 },
  )
  expect(readdirSync(join(path, '../../cache'))).toEqual(['ledger-2026-11.jsonl.sums'])
})

test('a range is exact to the millisecond, with and without a cache', () => {
  const { scan, fresh } = openLedger()
  scan()
  const ranges = fc.tuple(fc.nat(LINE_COUNT * 7000), fc.nat(LINE_COUNT * 7000))
  fc.assert(
    fc.property(ranges, ([one, other]) => {
      const sinceMs = START_MS + Math.min(one, other)
      const untilMs = START_MS + Math.max(one, other)
      const inRange = Array.from({ length: LINE_COUNT }, (_, index) => START_MS + index * 7000)
      const requests = inRange.filter((atMs) => atMs >= sinceMs && atMs < untilMs).length
      expect(scan({ range: { sinceMs, untilMs } })).toEqual(fresh({ sinceMs, untilMs }))
      expect(scan({ range: { sinceMs, untilMs } })).toMatchObject({ requests })
    }),
    { numRuns: 15 },
  )
})

test('longer stretches are no use for shorter ones, the other way round they are', () => {
  const { scan, fresh, cachePath } = openLedger()
  scan()
  forge(cachePath)
  expect(scan({ stretchMs: HOUR_MS / 2 })).toEqual(fresh())
  forge(cachePath)
  expect(scan({ stretchMs: HOUR_MS }).requests).toBeGreaterThan(1_000_000)
})

test('lines that are torn, foreign or of a future version are counted, and never fatal', () => {
  const { path, scan } = openLedger()
  const torn = lineAt(0).slice(0, 100)
  const strange = ['{"v":2,"ts":"2026-11-20T14:03:22.120Z"}', 'not JSON', '\0\0\0', '[]', '"x"', '{}', torn]
  // A whole line may follow what another process could not finish.
  writeFileSync(path, `${strange.join('\n')}\n\n${torn}${lineAt(1)}${lineAt(2).trimEnd()}`)
  expect(scan()).toMatchObject({ requests: 2, skipped: strange.length + 1 })
})

test('where no cache can be written there is none', () => {
  const { cacheDirectory, scan, fresh } = openLedger()
  writeFileSync(cacheDirectory, 'a file in the place of the folder')
  expect(scan()).toEqual(fresh())
})

test('with prices given nothing is kept', () => {
  const { cacheDirectory, scan } = openLedger()
  expect(scan({ priceLine: () => 2 })).toMatchObject({ costNanoUsd: LINE_COUNT * 2e9 })
  expect(() => statSync(cacheDirectory)).toThrow('ENOENT')
})

test('caches of files that are gone are swept away, and what broken-off writers left', () => {
  const { path, cacheDirectory, cachePath, scan } = openLedger()
  scan()
  const left = join(cacheDirectory, 'ledger-2026-11.jsonl.sums.x.tmp')
  writeFileSync(left, '')
  const other = join(cacheDirectory, 'traffic-2026-11-20.jsonl.sums')
  writeFileSync(other, '')
  sweepUsageCache(cacheDirectory, [path], Date.now())
  expect(readdirSync(cacheDirectory)).toHaveLength(3)
  sweepUsageCache(cacheDirectory, [join(path, '../2026-12.jsonl')], Date.now() + 2 * HOUR_MS)
  expect(readdirSync(cacheDirectory)).toEqual(['traffic-2026-11-20.jsonl.sums'])
  expect(() => statSync(cachePath)).toThrow('ENOENT')
})

function replaceInPlace(path: string, text: string, other: string): void {
  const bytes = readFileSync(path)
  bytes.write(other, bytes.indexOf(text))
  writeFileSync(path, bytes, { flag: 'r+' })
}

test.each(['\n', ''])(
  'a hole of 9 MB in the middle, and behind it %j, is one line that is no record',
  (after) => {
    const ledger = openLedger()
    const half = LINE_COUNT / 2
    const lines = Array.from({ length: LINE_COUNT }, (_, index) => lineAt(index))
    const hole = Buffer.alloc(9 * 1024 ** 2)
    const before = Buffer.from(lines.slice(0, half).join(''))
    writeFileSync(ledger.path, Buffer.concat([before, hole, Buffer.from(after + lines.slice(half).join(''))]))
    const expected = { requests: LINE_COUNT, skipped: 1 }
    expect(ledger.scan()).toMatchObject(expected)
    expect(ledger.scan()).toMatchObject(expected)
    // From a moment within each part of the file, whose segments are read again.
    for (const first of [100, half - 1, half, half + 1, LINE_COUNT - 100]) {
      const range = { sinceMs: START_MS + first * 7000 }
      expect(ledger.scan({ range }).requests).toBe(LINE_COUNT - first)
      expect(ledger.fresh(range).requests).toBe(LINE_COUNT - first)
    }
    appendFileSync(ledger.path, lineAt(LINE_COUNT))
    expect(ledger.scan()).toMatchObject({ requests: LINE_COUNT + 1, skipped: 1 })
  },
)
