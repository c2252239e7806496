import { expect, test } from 'vitest'
import { parseRange, parseSince } from '../../../src/log/since.ts'

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

test('a date as the end is all of that day, anything else a moment', () => {
  const end = (until: string) => parseRange({ until }, now).untilMs
  expect(end('2026-11-19')).toBe(local('2026-11-20T00:00:00'))
  expect(end('2026-12-31')).toBe(local('2027-01-01T00:00:00'))
  expect(end('2026-11-19T08:15')).toBe(local('2026-11-19T08:15:00'))
  expect(end('2h')).toBe(local('2026-11-20T12:30:00'))
})

test('a range of one day has its date on both sides; what is not given is open', () => {
  expect(parseRange({ since: '2026-11-19', until: '2026-11-19' }, now)).toEqual({
    sinceMs: local('2026-11-19T00:00:00'),
    untilMs: local('2026-11-20T00:00:00'),
  })
  expect(parseRange({}, now)).toEqual({})
})

test('a range without anything in it is an error, and each names its option', () => {
  expect(() => parseRange({ since: '1h', until: '2h' }, now)).toThrow(
    '`--until 2h` is not after `--since 1h`',
  )
  expect(() => parseRange({ until: 'later' }, now)).toThrow('`--until later`: give a duration')
})
