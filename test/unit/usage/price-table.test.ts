import { expect, test } from 'vitest'
import { createPriceTable, digestOf } from '../../../src/usage/price-table.ts'

const ROW = { model: 'own', input: 1, output: 2 }

function digest(rows: readonly (typeof ROW & { readonly from?: string })[], path = '/p.json'): string {
  return digestOf(createPriceTable({ path, date: '2026-11-01', rows }))
}

test('tables of the same prices have one digest, wherever they come from', () => {
  expect(digest([ROW], '/elsewhere.json')).toBe(digest([ROW]))
  expect(digestOf(createPriceTable())).toBe(digestOf(createPriceTable()))
  expect(digest([ROW])).toMatch(/^[\da-f]{16}$/)
})

test('a price that is added, another one or another day makes another', () => {
  const tables = [[], [ROW], [{ ...ROW, input: 1.5 }], [{ ...ROW, from: '2026-11-02' }]]
  const digests = new Set(tables.map((rows) => digest(rows)))
  expect(digests.size).toBe(tables.length)
})
