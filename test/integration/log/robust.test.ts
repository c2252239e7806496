import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toLine } from '../../../src/exchange/line.ts'
import { Search } from '../../../src/log/search.ts'
import { exchangeRecord } from '../../support/exchange-record.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const valid = Buffer.from(toLine(exchangeRecord()).trimEnd())

/** What may stand in a line that no record of ours is. */
const foreignLine = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0x0a))),
  fc.nat({ max: valid.length - 1 }).map((length) => valid.subarray(0, length)),
  fc.nat({ max: valid.length - 1 }).map((at) => damaged(at)),
  fc
    .constantFrom(
      '{"v":2,"ts":"2026-11-20T14:03:22.120Z","new":{}}',
      '{"v":1}',
      '{"v":1,"ts":"yesterday","id":3}',
      '[]',
      'null',
      '{"__proto__":{"v":1}}',
      `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
      '"'.repeat(70_000),
      '\0'.repeat(5000),
      '\ufeff{}',
      'v'.repeat(600_000),
    )
    .map((text) => Buffer.from(text)),
)

const lines = fc.array(
  fc.oneof({ weight: 2, arbitrary: foreignLine }, { weight: 1, arbitrary: fc.constant(undefined) }),
  {
    maxLength: 12,
  },
)

test('whatever stands between them, all records are found, and nothing is fatal', () => {
  const path = join(temporaryDirectory(), '2026-11-20.jsonl')
  fc.assert(
    fc.property(lines, fc.boolean(), (parts, isTorn) => {
      const records = parts.map((part, index) =>
        part ? undefined : exchangeRecord({ session_id: `s${index}` }),
      )
      const bytes = parts.map((part, index) => part ?? Buffer.from(toLine(records[index] as never).trimEnd()))
      writeFileSync(
        path,
        Buffer.concat(bytes.flatMap((line, index) => ending(line, isTorn && index === bytes.length - 1))),
      )
      const meant = records.flatMap((record) => (record ? [record.id] : []))
      for (const query of [{}, { session: 's' }, { slowerThanMs: 1 }]) {
        const search = new Search(query)
        const forward = [...search.oldestFirst([{ path }])].map(({ record }) => record.id)
        const backward = [...new Search(query).newestFirst([{ path }])].map(({ record }) => record.id)
        expect(forward.filter((id) => meant.includes(id))).toEqual(meant)
        expect(backward.toReversed()).toEqual(forward)
      }
    }),
    { numRuns: 150 },
  )
})

test('each line that is no record is counted, one of a newer version apart', () => {
  const path = join(temporaryDirectory(), '2026-11-20.jsonl')
  const newer = '{"v":3,"ts":"2026-11-20T14:03:22.120Z"}\n'
  writeFileSync(path, `${valid}\n\0\n${newer}\xff\xfe\n{"v":0}\n${newer}{"v":1\n${valid}\n`, 'latin1')
  const search = new Search({})
  expect([...search.oldestFirst([{ path }])]).toHaveLength(2)
  expect({ skipped: search.skipped, newer: search.newer }).toEqual({ skipped: 4, newer: 2 })
})

/** One byte that is different. */
function damaged(at: number): Buffer {
  const copy = Buffer.from(valid)
  copy[at] = copy[at] === 0x7f ? 0x00 : 0x7f
  return copy
}

function ending(line: Buffer, isTorn: boolean): Buffer[] {
  return isTorn ? [line] : [line, Buffer.from('\n')]
}
