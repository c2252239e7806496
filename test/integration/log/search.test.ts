import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ExchangeRecord } from '../../../src/exchange/exchange.ts'
import { toLine } from '../../../src/exchange/line.ts'
import { listDayFiles } from '../../../src/log/day-file.ts'
import type { Entry } from '../../../src/log/search.ts'
import { entriesAt, Search } from '../../../src/log/search.ts'
import { exchangeRecord } from '../../support/exchange-record.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

function storeDays(days: Readonly<Record<string, string>>) {
  const directory = temporaryDirectory()
  for (const [day, content] of Object.entries(days)) writeFileSync(join(directory, `${day}.jsonl`), content)
  return { directory, sources: listDayFiles(directory).map((path) => ({ path })) }
}

const idsOf = (entries: Iterable<Entry>) => Array.from(entries, ({ record }) => record.id)
const linesOf = (records: readonly ExchangeRecord[]) => records.map(toLine).join('')

const records = Array.from({ length: 4000 }, (_, index) =>
  exchangeRecord({
    status: index % 1000 === 7 ? 529 : 200,
    outcome: index % 1000 === 7 ? 'http_error' : 'ok',
  }),
)
const days = {
  '2026-11-18': linesOf(records.slice(0, 2000)),
  '2026-11-19': linesOf(records.slice(2000, 3000)),
  '2026-11-20': linesOf(records.slice(3000)),
}
const ids = records.map(({ id }) => id)

test('gives all days, oldest first', () => {
  expect(idsOf(new Search({}).oldestFirst(storeDays(days).sources))).toEqual(ids)
})

test('gives all days, newest first', () => {
  expect(idsOf(new Search({}).newestFirst(storeDays(days).sources))).toEqual(ids.toReversed())
})

test('finds the few that are meant', () => {
  const { sources } = storeDays(days)
  const query = { status: { code: 529 } }
  const expected = [7, 1007, 2007, 3007].map((index) => ids[index])
  expect(idsOf(new Search(query).oldestFirst(sources))).toEqual(expected)
  expect(idsOf(new Search(query).newestFirst(sources))).toEqual(expected.toReversed())
})

test('what was found can be read again from its places, in any order, and what is gone is left out', () => {
  const torn = `{"v":1,"ts":"2026-${linesOf(records.slice(0, 1))}`
  const { sources } = storeDays({
    ...days,
    '2026-11-21': torn,
    '2026-11-22': `${'x'.repeat(9e6)}\n${linesOf(records.slice(1, 2))}`,
  })
  const found = [...new Search({}).newestFirst(sources)]
  const again = [...entriesAt(found.toReversed().map(({ place }) => place))]
  expect(again).toEqual(found.toReversed().map(({ line, record }) => ({ line, record })))
  expect(idsOf(again)).toEqual([...ids, ids[0], ids[1]])
  rmSync(sources[1]?.path ?? '')
  expect(idsOf(entriesAt(found.map(({ place }) => place)))).toHaveLength(3002)
})

test('a line comes as it is stored', () => {
  const [record] = records
  const stored = `${JSON.stringify(record).slice(0, -1)},"later_field":"é"}`
  const { sources } = storeDays({ '2026-11-20': `${stored}\n` })
  expect(Array.from(new Search({}).oldestFirst(sources), ({ line }) => line)).toEqual([stored])
})

test('lines that are no records are skipped and counted, empty lines only skipped', () => {
  const search = new Search({})
  const content = `{"v":1,"ts":"torn\n\n\0\0\0\n{"msg":"foreign"}\n${linesOf(records.slice(0, 2))}{"v":1,"i`
  const { sources } = storeDays({ '2026-11-20': content })
  expect(idsOf(search.oldestFirst(sources))).toEqual(ids.slice(0, 2))
  expect(search.skipped).toBe(4)
})

test('a record behind what another process could not finish is found', () => {
  const search = new Search({})
  const { sources } = storeDays({ '2026-11-20': `{"v":1,"ts":"2026-${linesOf(records.slice(0, 1))}` })
  expect(idsOf(search.oldestFirst(sources))).toEqual(ids.slice(0, 1))
  expect(search.skipped).toBe(1)
})

test('only files of days count, and of them those since a moment', () => {
  const { directory } = storeDays(days)
  writeFileSync(join(directory, 'notes.jsonl'), '')
  mkdirSync(join(directory, 'bodies'))
  const since = Date.parse('2026-11-19T23:00:00Z')
  expect(listDayFiles(directory)).toHaveLength(3)
  expect(listDayFiles(directory, since).map((path) => path.slice(-16))).toEqual([
    '2026-11-19.jsonl',
    '2026-11-20.jsonl',
  ])
})

test('there is nothing in a directory that is not there', () => {
  expect(listDayFiles('/nowhere')).toEqual([])
})
