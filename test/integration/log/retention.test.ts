import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Retention } from '../../../src/log/retention.ts'
import { deleteFiles, planPrune } from '../../../src/log/retention.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const HOUR = 3_600_000

/** A log with files of these sizes, each last changed at the end of its day, or now. */
function openLog(files: Readonly<Record<string, number>>) {
  const state = temporaryDirectory()
  const folders = { traffic: join(state, 'traffic'), bodies: join(state, 'bodies') }
  for (const folder of Object.values(folders)) mkdirSync(folder)
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(state, name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, Buffer.alloc(bytes))
    const day = /\d{4}-\d{2}-\d{2}/.exec(name)?.[0] ?? '2026-01-01'
    setChanged(path, Math.min(Date.parse(`${day}T23:59:00Z`), NOW))
  }
  const plan = (retention: Partial<Retention>, nowMs = NOW) =>
    planPrune(folders, { days: 1000, bytes: 1e12, ...retention }, nowMs)
  const doomed = async (retention: Partial<Retention>, nowMs?: number) =>
    (await plan(retention, nowMs)).doomed.map(({ path }) => path.slice(state.length + 1))
  return { state, folders, plan, doomed }
}

function setChanged(path: string, timeMs: number): void {
  utimesSync(path, timeMs / 1000, timeMs / 1000)
}

const WEEK = {
  'traffic/2026-11-14.jsonl': 10,
  'bodies/2026-11-14/a.br': 100,
  'bodies/2026-11-14/b.br': 100,
  'traffic/2026-11-18.jsonl': 10,
  'bodies/2026-11-18/c.br': 100,
  'traffic/2026-11-19.jsonl': 10,
  'traffic/2026-11-20.jsonl': 10,
  'bodies/2026-11-20/d.br': 100,
}

test('what is older than the days goes, bodies and records alike', async () => {
  const { doomed } = openLog(WEEK)
  const oldest = ['bodies/2026-11-14/a.br', 'bodies/2026-11-14/b.br', 'traffic/2026-11-14.jsonl']
  expect(await doomed({ days: 6 })).toEqual([])
  expect(await doomed({ days: 5 })).toEqual(oldest)
  expect(await doomed({ days: 2 })).toEqual(oldest)
  expect(await doomed({ days: 1 })).toEqual([...oldest, 'bodies/2026-11-18/c.br', 'traffic/2026-11-18.jsonl'])
})

test('what is too much goes, oldest first and bodies before their records, until the rest fits', async () => {
  const { doomed } = openLog(WEEK)
  expect(await doomed({ bytes: 440 })).toEqual([])
  expect(await doomed({ bytes: 439 })).toEqual(['bodies/2026-11-14/a.br'])
  expect(await doomed({ bytes: 235 })).toEqual([
    'bodies/2026-11-14/a.br',
    'bodies/2026-11-14/b.br',
    'traffic/2026-11-14.jsonl',
  ])
})

test('today’s files stay however large they are, those of a faster clock too', async () => {
  const { doomed } = openLog({ ...WEEK, 'traffic/2026-11-21.jsonl': 10 })
  const all = await doomed({ days: 0, bytes: 0 })
  expect(all).toHaveLength(6)
  expect(all.join()).not.toMatch(/11-20|11-21/)
})

test('what was written a moment ago stays, since its process may go on over midnight', async () => {
  const { state, doomed } = openLog(WEEK)
  setChanged(join(state, 'bodies/2026-11-18/c.br'), NOW - 60_000)
  expect(await doomed({ days: 0 })).not.toContain('bodies/2026-11-18/c.br')
  expect(await doomed({ days: 0 }, NOW + HOUR)).toContain('bodies/2026-11-18/c.br')
})

test('only what is named as ours is looked at', async () => {
  const { state, folders, doomed } = openLog(WEEK)
  for (const name of [
    'traffic/notes.txt',
    'bodies/keep',
    'bodies/2026-11-14/notes',
    'ledger/2026-01.jsonl',
  ]) {
    mkdirSync(join(state, name, '..'), { recursive: true })
    writeFileSync(join(state, name), 'mine')
    setChanged(join(state, name), 0)
  }
  symlinkSync('/etc/passwd', join(folders.traffic, '2026-11-01.jsonl'))
  symlinkSync('/etc', join(folders.bodies, '2026-11-01'))
  expect(await doomed({ days: 0 })).toHaveLength(6)
})

test('nothing is deleted where there is nothing', async () => {
  const { folders, plan } = openLog({})
  for (const folder of Object.values(folders)) rmSync(folder, { recursive: true })
  expect(await plan({ days: 0 })).toEqual({ doomed: [], kept: [] })
})

test('what another process deleted meanwhile is no failure, and empty folders go', async () => {
  const { state, folders, plan } = openLog(WEEK)
  const { doomed } = await plan({ days: 5 })
  rmSync(join(state, 'bodies/2026-11-14/a.br'))
  expect(await deleteFiles(doomed)).toEqual([])
  expect(readdirSync(folders.bodies).sort()).toEqual(['2026-11-18', '2026-11-20'])
  expect(existsSync(join(state, 'traffic/2026-11-14.jsonl'))).toBe(false)
})

test('several at once delete each file once, and nothing else', async () => {
  const { folders, plan } = openLog(WEEK)
  const results = await Promise.all(
    Array.from({ length: 5 }, async () => deleteFiles((await plan({ days: 1 })).doomed)),
  )
  expect(results.flat()).toEqual([])
  expect(readdirSync(folders.traffic).sort()).toEqual(['2026-11-19.jsonl', '2026-11-20.jsonl'])
})
