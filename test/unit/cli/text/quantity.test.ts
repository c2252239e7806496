import { expect, test } from 'vitest'
import { shortCount, shortDuration, shortMoney, shortSize } from '../../../../src/cli/text/quantity.ts'

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1.0k'],
  [1204, '1.2k'],
  [9949, '9.9k'],
  [9950, '10k'],
  [85_213, '85k'],
  [999_499, '999k'],
  [999_500, '1.0M'],
  [12_345_678, '12M'],
])('%d tokens: %s', (count, text) => {
  expect(shortCount(count)).toBe(text)
})

test.each([
  [0.4, '0ms'],
  [88, '88ms'],
  [143, '0.1s'],
  [4200, '4.2s'],
  [45_120, '45s'],
  [59_499, '59s'],
  [59_500, '1m00s'],
  [192_000, '3m12s'],
  [3_599_400, '59m59s'],
  [3_599_600, '1h00m'],
  [4_399_000, '1h13m'],
])('%d ms: %s', (durationMs, text) => {
  expect(shortDuration(durationMs)).toBe(text)
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [85_213, '85 kB'],
  [1_234_567, '1.2 MB'],
])('%d bytes: %s', (bytes, text) => {
  expect(shortSize(bytes)).toBe(text)
})

test.each([
  [0, '$0'],
  [0.00003, '<$0.0001'],
  [0.0001, '$0.0001'],
  [0.00421, '$0.0042'],
  [0.00994, '$0.0099'],
  [0.00995, '$0.01'],
  [0.0421, '$0.04'],
  [12.345, '$12.35'],
  [1234.5, '$1234.50'],
])('%d USD: %s', (usd, text) => {
  expect(shortMoney(usd)).toBe(text)
})
