import { expect, test } from 'vitest'
import { exchangePage } from '../../../../src/cli/logs/exchange-page.ts'
import { exchangeRecord } from '../../../support/exchange-record.ts'

const plain = (text: string) => text
const PALETTE = { bold: plain, dim: plain, red: plain, yellow: plain, green: plain }

/** What stands behind a label in the group of a title. */
function fact(
  changes: Parameters<typeof exchangeRecord>[0],
  title: string,
  label: string,
): string | undefined {
  const groups = exchangePage(exchangeRecord(changes), PALETTE).split('\n\n')
  const lines = groups.find((group) => group.startsWith(`${title}\n`))?.split('\n') ?? []
  return lines
    .find((line) => line.startsWith(`  ${label} `))
    ?.slice(label.length + 2)
    .trim()
}

test('a model that goes by another name upstream has both', () => {
  const renamed = { model: 'opus', upstream_model: 'vendor/opus@5' }
  expect(fact(renamed, 'Request', 'model')).toBe('opus')
  expect(fact(renamed, 'Request', 'sent as')).toBe('vendor/opus@5')
})

test('a model that was sent as it was asked for has one name', () => {
  expect(fact({}, 'Request', 'model')).toBe('claude-opus-4-8')
  expect(fact({}, 'Request', 'sent as')).toBeUndefined()
})

test('what policies did stands there by rule', () => {
  const policy = [
    { rule: 'guard.flag', action: 'flag', count: 3 },
    { rule: 'mask.email', action: 'mask', count: 1 },
  ] as const
  expect(fact({ policy }, 'Policies', 'guard.flag')).toBe('flag, 3 times')
  expect(fact({ policy }, 'Policies', 'mask.email')).toBe('mask')
  expect(fact({}, 'Policies', 'guard.flag')).toBeUndefined()
})
