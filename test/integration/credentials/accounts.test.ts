import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Account } from '../../../src/credentials/accounts.ts'
import {
  addAccount,
  deleteAccount,
  listAccounts,
  readAccount,
  writeAccount,
} from '../../../src/credentials/accounts.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const WORK: Account = {
  account: 'work',
  origin: 'https://gateway.example',
  storedAt: '2026-01-02T03:04:05.678Z',
}

test('gives what was recorded, until it is deleted', () => {
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

test('replaces what was recorded', () => {
  const state = temporaryDirectory()
  writeAccount(state, WORK)
  writeAccount(state, { ...WORK, origin: null })
  expect(readAccount(state, 'work')?.origin).toBeNull()
})

test('adds only what has no record', () => {
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
  const modes = ['', 'work.json', 'home.json'].map(
    (name) => statSync(join(state, 'accounts', name)).mode & 0o777,
  )
  expect(modes).toEqual([0o700, 0o600, 0o600])
})

test('leaves no other file behind', () => {
  const state = temporaryDirectory()
  writeAccount(state, WORK)
  writeAccount(state, WORK)
  addAccount(state, WORK)
  expect(readdirSync(join(state, 'accounts'))).toEqual(['work.json'])
})

test.each(['', '{', 'null', '[]', '{"origin":"https://gateway.example"}', '{"account":"work","origin":7}'])(
  'the record %j lets the key go nowhere',
  (text) => {
    const state = temporaryDirectory()
    mkdirSync(join(state, 'accounts'))
    writeFileSync(join(state, 'accounts', 'work.json'), text)
    expect(readAccount(state, 'work')).toEqual({ account: 'work', origin: null, storedAt: null })
  },
)

test('a record that cannot be read lets the key go nowhere', () => {
  const state = temporaryDirectory()
  mkdirSync(join(state, 'accounts', 'work.json'), { recursive: true })
  expect(readAccount(state, 'work')?.origin).toBeNull()
})

test('the record of another account does not count', () => {
  const state = temporaryDirectory()
  writeAccount(state, { ...WORK, account: 'home' })
  writeFileSync(join(state, 'accounts', 'work.json'), JSON.stringify({ ...WORK, account: 'home' }))
  expect(readAccount(state, 'work')?.origin).toBeNull()
})

test.each(['Überraschung 🔑', '../../etc/x', 'Work', 'a.b', '*?:|<>"', 'a%2fb', 'a/b', ''])(
  'the account %j has a file of its own',
  (account) => {
    const state = temporaryDirectory()
    writeAccount(state, WORK)
    writeAccount(state, { ...WORK, account })
    expect(readAccount(state, account)?.account).toBe(account)
    const files = readdirSync(join(state, 'accounts'))
    expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(2)
    expect(files.join('')).toMatch(/^[a-z0-9_%.-]+$/)
  },
)

test('lists every account with a record that can be read', () => {
  const state = temporaryDirectory()
  expect(listAccounts(state)).toEqual([])
  writeAccount(state, WORK)
  writeAccount(state, { ...WORK, account: 'Überraschung' })
  writeFileSync(join(state, 'accounts', 'broken.json'), '{')
  expect(listAccounts(state).map(({ account }) => account)).toEqual(['Überraschung', 'work'])
})

test('a state folder that cannot be written is an error that names the file', () => {
  const state = join(temporaryDirectory(), 'file')
  writeFileSync(state, '')
  for (const change of [() => writeAccount(state, WORK), () => addAccount(state, WORK)]) {
    expect(change).toThrow(expect.objectContaining({ code: 'STATE_UNWRITABLE' }))
    expect(change).toThrow('work.json')
  }
})
