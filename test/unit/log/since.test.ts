import { expect, test } from 'vitest'
import { parseSince } from '../../../src/log/since.ts'

const now = new Date('2026-11-20T14:30:00')
const local = (text: string) => new Date(text).getTime()

test.each([
  ['2h', local('2026-11-20T12:30:00')],
  ['90s', local('2026-11-20T14:28:30')],
  ['7d', now.getTime() - 7 * 86_400_000],
  ['2026-11-19', local('2026-11-19T00:00:00')],
  ['2026-11-19 08:15', local('2026-11-19T08:15:00')],
  ['2026-11-19T08:15:30', local('2026-11-19T08:15:30')],
  ['2026-11-19T08:15:30Z', Date.UTC(2026, 10, 19, 8, 15, 30)],
  ['2026-11-19T08:15+02:00', Date.UTC(2026, 10, 19, 6, 15)],
  ['14:00', local('2026-11-20T14:00:00')],
  ['9:05:07', local('2026-11-20T09:05:07')],
  ['23:00', local('2026-11-19T23:00:00')],
])('%s', (text, moment) => {
  expect(parseSince(text, now)).toBe(moment)
})

test.each(['', 'yesterdayish', '2', '24:00', '12:60', '2026-13-01', '2026-11', '-2h'])(
  'says what it takes instead of %j',
  (text) => {
    expect(() => parseSince(text, now)).toThrow(/give a duration .* a date .* a time/)
  },
)
