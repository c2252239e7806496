import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Account } from '../../../src/credentials/accounts.ts'
import { addAccount, deleteAccount, readAccount, writeAccount } from '../../../src/credentials/accounts.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const WORK: Account = {
  account: 'work',
  origin: 'https://gateway.example',
  storedAt: '2026-01-02T03:04:05.678Z',
}

test('gives what was noted, until it is deleted', () => {
  const state = temporaryDirectory()
  expect(readAccount(state, 'work')).toBeUndefined()
  writeAccount(state, WORK)
  expect(readAccount(state, 'work')).toEqual(WORK)
  deleteAccount(state, 'work')
  expect(readAccount(state, 'work')).toBeUndefined()
})

test('deleting what is not there is no error', () => {
  deleteAccount(temporaryDirectory(), 'work')
})

test('replaces what was noted', () => {
  const state = temporaryDirectory()
  writeAccount(state, WORK)
  writeAccount(state, { ...WORK, origin: null })
  expect(readAccount(state, 'work')?.origin).toBeNull()
})

test('adds only what has no note', () => {
  const state = temporaryDirectory()
  addAccount(state, WORK)
  addAccount(state, { ...WORK, origin: 'https://elsewhere.example' })
  expect(readAccount(state, 'work')).toEqual(WORK)
})

test('is for the owner alone, whatever the umask', () => {
  const state = temporaryDirectory()
  const before = process.umask(0)
  writeAccount(state, WORK)
  addAccount(state, { ...WORK, account: 'home' })
  process.umask(before)
  const paths = [join(state, 'accounts'), fileOf(state, 'work'), fileOf(state, 'home')]
  const modes = paths.map((path) => statSync(path).mode & 0o777)
  expect(modes).toEqual([0o700, 0o600, 0o600])
})

test('leaves no other file behind', () => {
  const state = temporaryDirectory()
  writeAccount(state, WORK)
  writeAccount(state, WORK)
  addAccount(state, WORK)
  expect(readdirSync(join(state, 'accounts'))).toHaveLength(1)
})

test.each(['', '{', 'null', '[]', '{"origin":"https://gateway.example"}', '{"account":"work","origin":7}'])(
  'the note %j is there, and tells no origin',
  (text) => {
    const state = temporaryDirectory()
    mkdirSync(join(state, 'accounts'))
    writeFileSync(fileOf(state, 'work'), text)
    expect(readAccount(state, 'work')).toEqual({ account: 'work', origin: null, storedAt: null })
  },
)

test('a note that cannot be read is there, and tells no origin', () => {
  const state = temporaryDirectory()
  mkdirSync(fileOf(state, 'work'), { recursive: true })
  expect(readAccount(state, 'work')?.origin).toBeNull()
})

test('the note of another account does not count', () => {
  const state = temporaryDirectory()
  writeAccount(state, { ...WORK, account: 'home' })
  writeFileSync(fileOf(state, 'work'), JSON.stringify({ ...WORK, account: 'home' }))
  expect(readAccount(state, 'work')?.origin).toBeNull()
})

test.each(['Überraschung 🔑', '../../etc/x', 'Work', '*?:|<>"', 'a/b', '', 'ü'.repeat(255)])(
  'the account %j has a file of its own',
  (account) => {
    const state = temporaryDirectory()
    writeAccount(state, WORK)
    writeAccount(state, { ...WORK, account })
    expect(readAccount(state, account)?.account).toBe(account)
    const files = readdirSync(join(state, 'accounts'))
    expect(files.filter((file) => /^[0-9a-f]{64}\.json$/.test(file))).toHaveLength(2)
  },
)

test('a state folder that cannot be written is an error that names the file', () => {
  const state = join(temporaryDirectory(), 'file')
  writeFileSync(state, '')
  for (const change of [() => writeAccount(state, WORK), () => addAccount(state, WORK)]) {
    expect(change).toThrow(expect.objectContaining({ code: 'STATE_UNWRITABLE' }))
    expect(change).toThrow(fileOf(state, 'work'))
  }
})

function fileOf(state: string, account: string): string {
  return join(state, 'accounts', `${createHash('sha256').update(account).digest('hex')}.json`)
}
