import { appendFileSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ledgerLine } from '../../../src/log/ledger.ts'
import { ledgerOfSession } from '../../../src/log/session-lines.ts'
import { exchangeRecord } from '../../support/exchange-record.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const BLOCK_BYTES = 256 * 1024

function openLedger() {
  const directory = join(temporaryDirectory(), 'ledger')
  mkdirSync(directory)
  const write = (ts: string, session_id: string, changes = {}) => {
    const path = join(directory, `${ts.slice(0, 7)}.jsonl`)
    appendFileSync(path, ledgerLine(exchangeRecord({ ts, session_id, ...changes })))
    return path
  }
  /** More lines of other sessions than a block holds. */
  const fill = (ts: string) => {
    const before = statSync(write(ts, 'other')).size
    while (statSync(write(ts, 'other')).size < before + 2 * BLOCK_BYTES);
  }
  const times = (session: string, since?: string) =>
    [...ledgerOfSession(directory, session, since === undefined ? undefined : Date.parse(since))].map(
      ({ ts }) => ts,
    )
  return { directory, write, fill, times }
}

test('gives the lines of a session, newest first, over the end of a month', () => {
  const { write, fill, times } = openLedger()
  write('2026-10-31T23:59:00.000Z', 'mine')
  fill('2026-10-31T23:59:59.000Z')
  write('2026-11-01T00:00:01.000Z', 'mine', { agent_id: 'a subagent' })
  write('2026-11-01T00:00:02.000Z', 'mine-too')
  const both = ['2026-11-01T00:00:01.000Z', '2026-10-31T23:59:00.000Z']
  expect(times('mine')).toEqual(both)
  expect(times('mine', '2026-10-31T23:00:00Z')).toEqual(both)
  expect(times('nobody')).toEqual([])
})

test('looks no further back than where everything was written before', () => {
  const { write, fill, times } = openLedger()
  write('2026-11-01T00:00:00.000Z', 'mine')
  fill('2026-11-02T00:00:00.000Z')
  write('2026-11-03T00:00:00.000Z', 'mine')
  expect(times('mine')).toHaveLength(2)
  expect(times('mine', '2026-11-03T00:00:00Z')).toEqual(['2026-11-03T00:00:00.000Z'])
})

test('an exchange that began before the session and ended in it is no reason to stop', () => {
  const { write, fill, times } = openLedger()
  write('2026-11-03T00:00:01.000Z', 'mine')
  fill('2026-11-02T00:00:00.000Z')
  write('2026-11-03T00:00:02.000Z', 'mine')
  expect(times('mine', '2026-11-03T00:00:00Z')).toHaveLength(1)

  const long = openLedger()
  long.write('2026-11-03T00:00:01.000Z', 'mine')
  for (let count = 0; count < 2000; count += 1)
    long.write('2026-11-02T23:00:00.000Z', 'other', { duration_ms: 7_200_000 })
  expect(long.times('mine', '2026-11-03T00:00:00Z')).toHaveLength(1)
})

test('torn lines and those of later versions are passed over', () => {
  const { directory, write, times } = openLedger()
  write('2026-11-01T00:00:01.000Z', 'mine')
  const path = join(directory, '2026-11.jsonl')
  appendFileSync(path, '{"v":1,"session_id":"mine","ts":"torn\n{"v":2,"session_id":"mine"}\n')
  write('2026-11-01T00:00:02.000Z', 'mine')
  appendFileSync(path, '{"v":1,"session_id":"mine"')
  expect(times('mine')).toEqual(['2026-11-01T00:00:02.000Z', '2026-11-01T00:00:01.000Z'])
})

test('an id is nothing but text', () => {
  const { write, times } = openLedger()
  const id = 'a"b\\ü\n'
  write('2026-11-01T00:00:01.000Z', id)
  expect(times(id)).toHaveLength(1)
  expect(times('../../etc')).toEqual([])
})
