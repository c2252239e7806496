import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packCells, unpackCells } from '../../../src/usage/cell-bytes.ts'
import { CellTable } from '../../../src/usage/cell-table.ts'
import type { Cells } from '../../../src/usage/cells.ts'
import { COUNTERS } from '../../../src/usage/counters.ts'
import { DIMENSIONS } from '../../../src/usage/dimensions.ts'
import { Groups } from '../../../src/usage/groups.ts'
import { UsageLine } from '../../../src/usage/usage-line.ts'
import { expectedOf, usageLines } from '../../support/usage-lines.ts'

const HOUR_MS = 3_600_000
const line = new UsageLine()

function cellsOf(lines: readonly string[]): Cells {
  const table = new CellTable(HOUR_MS)
  for (const text of lines) {
    line.read(Buffer.from(text), 0, Buffer.byteLength(text))
    table.add(line)
  }
  return table.cells()
}

/** As they are after a way through a file. */
function stored(cells: Cells): Cells {
  const { count, stretchMs, texts, samples } = cells
  return unpackCells(packCells(cells), { count, stretchMs, texts, sampleCount: samples.length })
}

test('rows by any dimension are the sums of their lines, and the totals those of all', () => {
  const lists = fc.array(usageLines, { maxLength: 60 })
  fc.assert(
    fc.property(lists, fc.constantFrom(...DIMENSIONS), fc.nat(60), (lines, dimension, cut) => {
      const groups = new Groups(
        [{ dimension }, { nameOf: (ms) => new Date(ms).toISOString().slice(0, 13) }],
        [],
      )
      groups.add(cellsOf(lines.slice(0, cut)))
      groups.add(stored(cellsOf(lines.slice(cut))))
      const rows = groups.groups().map(({ names, sums }) => [JSON.stringify(names), [...sums.counters]])
      expect(Object.fromEntries(rows)).toEqual(expectedRows(lines, DIMENSIONS.indexOf(dimension)))
      const total = COUNTERS.map((name) =>
        lines.reduce((sum, text) => sum + (expectedOf(text).counters[name] ?? 0), 0),
      )
      expect([...groups.totals.counters]).toEqual(total)
    }),
    { numRuns: 80 },
  )
})

test('a filter holds where one of its dimensions has the text', () => {
  const base = { v: 1, ts: '2026-11-20T14:03:22.120Z', outcome: 'ok' }
  const lines = [
    { ...base, model: 'a', response_model: 'b' },
    { ...base, model: 'b' },
    { ...base, model: 'c' },
    base,
  ].map((fields) => JSON.stringify(fields))
  const groups = new Groups(
    [{ dimension: 'model' }],
    [{ dimensions: ['model', 'response_model'], isMeant: (text) => text === 'b' }],
  )
  groups.add(cellsOf(lines))
  expect(groups.groups().map(({ names }) => names)).toEqual([['a'], ['b']])
})

function expectedRows(lines: readonly string[], column: number): Record<string, number[]> {
  const rows: Record<string, number[]> = {}
  for (const text of lines) {
    const { counters, dimensions } = expectedOf(text)
    const hour = new Date(JSON.parse(text).ts).toISOString().slice(0, 13)
    const key = JSON.stringify([dimensions[column], hour])
    const sums = rows[key] ?? COUNTERS.map(() => 0)
    rows[key] = sums.map((sum, index) => sum + (counters[COUNTERS[index] ?? ''] ?? 0))
  }
  return rows
}
