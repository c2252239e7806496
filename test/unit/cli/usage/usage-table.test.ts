import { expect, test } from 'vitest'
import { textWidth } from '../../../../src/cli/text/text-width.ts'
import type { UsageRow } from '../../../../src/cli/usage/usage-order.ts'
import type { UsageAnswer } from '../../../../src/cli/usage/usage-rows.ts'
import { usageTable } from '../../../../src/cli/usage/usage-table.ts'
import { createSums, figuresOf } from '../../../../src/usage/figures.ts'

const plain = (text: string) => text
const palette = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain }

function row(name: string, changes: object): UsageRow {
  return { names: [name], figures: { ...figuresOf(createSums()), ...changes }, firstMs: 0, isTime: true }
}

function answer(...rows: UsageRow[]): UsageAnswer {
  return { by: ['day'], rows, rowCount: rows.length, totals: figuresOf(createSums()) }
}

const days = answer(
  row('2026-11-19', { requests: 12_345, input_tokens: 999_999, cost_usd: 5, cache_hit_rate: 0.999 }),
  row('2026-11-20', { requests: 3, output_tokens: 1e9, cost_usd: 10, unknown_costs: 1 }),
)

test.each([160, 120, 100, 80, 60, 40, 24])('fits a terminal %d wide, with days and costs', (width) => {
  const lines = usageTable(days, { palette, width }).trimEnd().split('\n')
  expect(lines).toHaveLength(4)
  for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
  expect(lines[0]).toMatch(/^DAY .*COST/)
  expect(lines[2]).toMatch(/^2026-11-20 .*≥\$10\.00/)
})

test('the bar of the largest is full, and none is in a pipe', () => {
  expect(usageTable(days, { palette, width: 200 })).toMatch(/████\n2026-11-20 .* ████████\n/)
  expect(usageTable(days, { palette, width: undefined })).not.toContain('█')
})

test('where no cost is known the bar is of the tokens', () => {
  const costless = answer(
    row('2026-11-19', { output_tokens: 100, cost_usd: null, unknown_costs: 1 }),
    row('2026-11-20', { output_tokens: 25, cost_usd: null, unknown_costs: 1 }),
  )
  expect(usageTable(costless, { palette, width: 200 })).toMatch(/unknown .* ████████\n.*unknown .* ██\n/)
})

test('a hit rate is rounded as in a status line', () => {
  const table = usageTable(answer(row('2026-11-19', { cache_hit_rate: 0.769 })), {
    palette,
    width: undefined,
  })
  expect(table).toContain('77%')
})
