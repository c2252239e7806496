import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { deleteOldSessions } from '../../../src/policies/decorators/session-file.ts'
import { SessionValues } from '../../../src/policies/decorators/session-values.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const SESSION = '3f2a9c1e-5b7d-4c2a-9e11-0a1b2c3d4e5f'
const FIRST = { repository: 'r', branch: 'main', user: 'anna', date: '2026-11-20' }
const DAY_MS = 86_400_000

/** What a process knows of sessions, which it opens when it has these values. */
function openProcess(directory: string, values: typeof FIRST) {
  const troubles: string[] = []
  const known = new SessionValues({
    directory,
    now: () => values,
    onTrouble: (reason) => troubles.push(reason),
  })
  return { of: (session?: string) => known.of(session), troubles }
}

function stateFolder(): string {
  return join(temporaryDirectory(), 'sessions')
}

test('what a session named first stays, in every process', () => {
  const directory = stateFolder()
  expect(openProcess(directory, FIRST).of(SESSION)).toEqual(FIRST)
  const later = openProcess(directory, { ...FIRST, branch: 'other', date: '2026-11-21' })
  expect(later.of(SESSION)).toEqual(FIRST)
  expect(later.of('another')).toMatchObject({ branch: 'other' })
  expect(statSync(join(directory, `${SESSION}.json`)).mode & 0o777).toBe(0o600)
})

test.each(['', '{"branch":"main"}', '[]', '{"repository":1}'])('a file that says %j is made anew', (text) => {
  const directory = stateFolder()
  mkdirSync(directory)
  writeFileSync(join(directory, `${SESSION}.json`), text)
  expect(openProcess(directory, FIRST).of(SESSION)).toEqual(FIRST)
  expect(JSON.parse(readFileSync(join(directory, `${SESSION}.json`), 'utf8'))).toEqual(FIRST)
  expect(readdirSync(directory)).toHaveLength(1)
})

test.each(['../../elsewhere', '/etc/passwd', 'x'.repeat(5000), 'nul\u0000'])(
  'a session called %j has a file of its own in the folder',
  (session) => {
    const directory = stateFolder()
    openProcess(directory, FIRST).of(session)
    expect(openProcess(directory, { ...FIRST, branch: 'other' }).of(session)).toEqual(FIRST)
    expect(readdirSync(directory)).toEqual([expect.stringMatching(/^[\da-f]{32}\.json$/)])
  },
)

describe('a folder that cannot be written', () => {
  test('is told once, and a text stays the same as long as the process lasts', () => {
    const directory = stateFolder()
    writeFileSync(directory, 'no folder')
    let values = FIRST
    const troubles: string[] = []
    const known = new SessionValues({
      directory,
      now: () => values,
      onTrouble: (reason) => troubles.push(reason),
    })
    expect(known.of(SESSION)).toEqual(FIRST)
    values = { ...FIRST, branch: 'other' }
    expect(known.of(SESSION)).toEqual(FIRST)
    expect(known.of('another')).toEqual(values)
    expect(troubles).toEqual([
      expect.stringMatching(/^what texts of policies\.decorators name cannot be kept: ENOTDIR/),
    ])
  })
})

test('sessions that nobody went on with for 60 days are deleted', () => {
  const directory = stateFolder()
  const process = openProcess(directory, FIRST)
  for (const session of ['old', 'used', 'new']) process.of(session)
  const longAgo = new Date(Date.now() - 61 * DAY_MS)
  // It cannot be deleted as a file is, and stops nothing.
  mkdirSync(join(directory, 'folder'))
  const names = ['folder', 'old.json', 'used.json']
  for (const name of names) utimesSync(join(directory, name), longAgo, longAgo)
  openProcess(directory, FIRST).of('used')
  deleteOldSessions(directory, Date.now())
  expect(readdirSync(directory).sort()).toEqual(['folder', 'new.json', 'used.json'])
  deleteOldSessions(join(directory, 'nowhere'), Date.now())
})

test('a file that others can read is mended', () => {
  const directory = stateFolder()
  openProcess(directory, FIRST).of(SESSION)
  const path = join(directory, `${SESSION}.json`)
  chmodSync(path, 0o644)
  openProcess(directory, FIRST).of(SESSION)
  expect(existsSync(path) && statSync(path).mode & 0o777).toBe(0o600)
})
