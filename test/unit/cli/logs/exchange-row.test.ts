import { expect, test } from 'vitest'
import { EXCHANGE_COLUMNS, exchangeRow } from '../../../../src/cli/logs/exchange-row.ts'
import { layOut, renderRow, titlesOf } from '../../../../src/cli/text/table.ts'
import { textWidth } from '../../../../src/cli/text/text-width.ts'
import { exchangeRecord } from '../../../support/exchange-record.ts'

const same = (text: string) => text
const PALETTE = { dim: same, green: same, yellow: same, red: same, bold: same, cyan: same }
const STARTED = new Date('2026-11-20T14:03:05Z')

const RECORD = exchangeRecord({
  ts: STARTED.toISOString(),
  status: 529,
  outcome: 'http_error',
  cost_usd: 0.5,
  error: { type: 'overloaded_error', message: 'Overloaded, try again in a while' },
})

function render(width: number, now: Date) {
  const row = exchangeRow(RECORD, PALETTE as never, now)
  const layout = layOut(EXCHANGE_COLUMNS, [row], width)
  const line = renderRow(layout, row)
  expect(textWidth(line)).toBeLessThanOrEqual(width)
  return { line, titles: renderRow(layout, titlesOf(EXCHANGE_COLUMNS, same)).trim().split(/ +/) }
}

const TOMORROW = new Date(STARTED.getTime() + 86_400_000)

test.each([
  [80, STARTED, ['SESSION', 'CACHE', 'TTFT']],
  [80, TOMORROW, ['SESSION', 'CACHE', 'TTFT', 'TOTAL']],
  [100, STARTED, []],
  [100, TOMORROW, ['SESSION']],
  [120, TOMORROW, []],
])('%i columns have id and note, whatever goes (%s)', (width, now, gone) => {
  const { line, titles } = render(width, now)
  expect(line).toContain(RECORD.id.slice(-8))
  expect(line).toContain('Overloaded')
  expect(
    EXCHANGE_COLUMNS.map(({ title }) => title)
      .filter((title) => !titles.includes(title))
      .sort(),
  ).toEqual([...gone].sort())
})

test('the id is the last to go', () => {
  const { titles } = render(56, STARTED)
  expect(titles).toEqual(['TIME', 'MODEL', 'STATUS', 'IN', 'OUT', 'ID'])
})
