import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { deleteOldMonths, listMonthFiles } from '../../../src/log/ledger-files.ts'
import { monthAt } from '../../../src/log/period.ts'
import { TrafficLog } from '../../../src/log/writer.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

function ledgerOf(...names: readonly string[]): string {
  const directory = join(temporaryDirectory(), 'ledger')
  mkdirSync(directory)
  for (const name of names) writeFileSync(join(directory, name), '{}\n')
  return directory
}

test('lines of a month share a file, and the next month begins one of its own', () => {
  const directory = ledgerOf()
  const clock = { ms: Date.parse('2026-10-31T23:59:59.999Z') }
  const ledger = new TrafficLog({
    directory,
    periodAt: monthAt,
    onTrouble: expect.unreachable,
    now: () => new Date(clock.ms),
  })
  onTestFinished(() => ledger.close())
  ledger.append('1\n')
  clock.ms += 1
  ledger.append('2\n')
  clock.ms = Date.parse('2026-11-30T23:59:59.999Z')
  ledger.append('3\n')
  clock.ms += 1
  ledger.append('4\n')
  expect(readdirSync(directory)).toEqual(['2026-10.jsonl', '2026-11.jsonl', '2026-12.jsonl'])
  expect(readFileSync(join(directory, '2026-11.jsonl'), 'utf8')).toBe('2\n3\n')
})

test('months that ended more than 13 months ago are deleted, and nothing else', () => {
  const months = ['2024-12', '2025-09', '2025-10', '2026-11', '2099-01'].map((name) => `${name}.jsonl`)
  const others = ['2020-01-01.jsonl', 'notes.txt', '2020-01.jsonl.kept']
  const directory = ledgerOf(...months, ...others)
  deleteOldMonths(directory, Date.parse('2026-11-28T12:00:00Z'))
  expect(readdirSync(directory)).toEqual([...others, ...months.slice(2)].sort())
})

test('where there is no ledger there is nothing to delete', () => {
  deleteOldMonths(join(temporaryDirectory(), 'ledger'), Date.now())
})

test('the files are listed oldest first, from the month on that is asked for', () => {
  const directory = ledgerOf('2026-11.jsonl', '2026-10.jsonl', '2025-12.jsonl', '2026-11-20.jsonl')
  const names = (sinceMs?: number) => listMonthFiles(directory, sinceMs).map((path) => path.slice(-13, -6))
  expect(names()).toEqual(['2025-12', '2026-10', '2026-11'])
  expect(names(Date.parse('2026-10-31T23:59:59Z'))).toEqual(['2026-10', '2026-11'])
})
