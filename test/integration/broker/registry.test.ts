import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ServeEntry } from '../../../src/broker/registry.ts'
import { listEntries, markStopped, readEntry, writeEntry } from '../../../src/broker/registry.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const ENTRY: ServeEntry = {
  profile: 'default',
  pid: 10,
  runId: 'run-1',
  port: 4000,
  url: 'http://127.0.0.1:4000',
  isAnthropic: true,
  upstream: 'https://api.anthropic.com',
  configuredUpstream: 'https://api.anthropic.com',
  access: { kind: 'token', token: 'cgw-1' },
}

test('a clean stop takes the process out and keeps the rest for the next one', () => {
  const state = temporaryDirectory()
  writeEntry(state, ENTRY)
  markStopped(state, ENTRY)
  const { pid: _pid, ...rest } = ENTRY
  expect(readEntry(state, 'default')).toEqual(rest)
})

test('a stop leaves the entry of the next one alone', () => {
  const state = temporaryDirectory()
  writeEntry(state, { ...ENTRY, pid: 11 })
  markStopped(state, ENTRY)
  expect(readEntry(state, 'default')?.pid).toBe(11)
})

test('without an entry there is nothing to stop', () => {
  const state = temporaryDirectory()
  markStopped(state, ENTRY)
  expect(readEntry(state, 'default')).toBeUndefined()
})

test('the list holds the entries of all profiles, and nothing that cannot be read', () => {
  const state = temporaryDirectory()
  expect(listEntries(state)).toEqual([])
  writeEntry(state, ENTRY)
  writeEntry(state, { ...ENTRY, profile: 'a.b' })
  writeFileSync(join(state, 'serve', 'broken.json'), '{')
  expect(
    listEntries(state)
      .map(({ profile }) => profile)
      .sort(),
  ).toEqual(['a.b', 'default'])
})
