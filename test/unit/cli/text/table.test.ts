import { expect, test } from 'vitest'
import type { Cell, Column } from '../../../../src/cli/text/table.ts'
import { layOut, renderRow, titlesOf } from '../../../../src/cli/text/table.ts'
import { textWidth } from '../../../../src/cli/text/text-width.ts'

const COLUMNS: readonly Column[] = [
  { title: 'NAME', shrinksTo: 5 },
  { title: 'SIZE', isRight: true },
  { title: 'NOTE', cuts: 'end', shrinksTo: 6, rank: 1 },
]

const row = (...texts: string[]): Cell[] => texts.map((text) => ({ forms: [text] }))

function render(rows: Cell[][], available = Number.POSITIVE_INFINITY): string[] {
  const layout = layOut(COLUMNS, rows, available)
  return [titlesOf(COLUMNS, (text) => text), ...rows].map((cells) => renderRow(layout, cells))
}

test('columns are as wide as their widest cell, numbers to the right', () => {
  expect(render([row('claude', '12', 'fine'), row('c', '12345', '')])).toEqual([
    'NAME     SIZE  NOTE',
    'claude     12  fine',
    'c       12345',
  ])
})

test('what is too long is cut so that lines fit, the widest column first', () => {
  expect(render([row('a-rather-long-name', '1', 'and a note that is long')], 36)).toEqual([
    'NAME            SIZE  NOTE',
    'a-rathe…g-name     1  and a note th…',
  ])
})

test('where nothing is cut, a cell that is far wider pushes its own row aside alone', () => {
  const columns = [{ title: 'NAME', alignsUpTo: 6 }, { title: 'NOTE' }]
  const rows = [row('claude', 'a'), row('a-rather-long-name', 'b'), row('c', '')]
  const layout = layOut(columns, rows, Number.POSITIVE_INFINITY)
  expect(rows.map((cells) => renderRow(layout, cells))).toEqual(['claude  a', 'a-rather-long-name  b', 'c'])
})

test('a line never takes more cells than there are', () => {
  const rows = [
    row('a-rather-long-name', '1', 'and a note that is long'),
    row('日本語のモデル', '22', '👩‍👩‍👧 🎉'),
  ]
  for (let available = 11; available < 60; available += 1) {
    for (const line of render(rows, available)) expect(textWidth(line)).toBeLessThanOrEqual(available)
  }
})

test('columns move together, then the least important one goes', () => {
  const rows = [row('a-rather-long-name', '1', 'noted')]
  const at = (available: number) => render(rows, available)[1]
  expect(at(18)).toBe('a-…me     1  noted')
  expect(at(17)).toBe('a-r…me    1 noted')
  expect(at(15)).toBe('a-ra…name     1')
})

test('the first form that fits is shown', () => {
  const cells: Cell[] = [{ forms: ['claude-sonnet-4-5', 'sonnet-4-5', 'sonnet'] }, ...row('1', '')]
  const names = [29, 24, 20].map((width) => render([cells], width)[1]?.split(' ')[0])
  expect(names).toEqual(['claude-sonnet-4-5', 'sonnet-4-5', 'sonnet'])
})

test('wide characters take two cells', () => {
  expect(render([row('日本', '1', 'x'), row('abcd', '1', 'x')]).slice(1)).toEqual([
    '日本     1  x',
    'abcd     1  x',
  ])
})

test('colour does not count', () => {
  const cells: Cell[] = [{ forms: ['ab'], paint: (text) => `<${text}>` }, ...row('1', 'x')]
  expect(render([cells])[1]).toBe('<ab>       1  x')
})
