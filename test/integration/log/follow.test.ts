import { appendFileSync, mkdirSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { Positions } from '../../../src/log/follow.ts'
import { currentPositions, follow } from '../../../src/log/follow.ts'
import { linesOf } from '../../../src/log/lines.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const SEVERAL_POLLS_MS = 700

function startFollowing(directory: string, positions: Positions = currentPositions(directory)) {
  const stop = new AbortController()
  const seen: string[] = []
  const ended = (async () => {
    for await (const block of follow(directory, positions, stop.signal)) {
      seen.push(...Array.from(linesOf(block), String))
    }
  })()
  onTestFinished(async () => {
    stop.abort()
    await ended
  })
  return { seen, sees: (...lines: string[]) => expect.poll(() => seen, { timeout: 10_000 }).toEqual(lines) }
}

function openDays() {
  const directory = temporaryDirectory()
  return {
    directory,
    first: join(directory, '2026-11-20.jsonl'),
    second: join(directory, '2026-11-21.jsonl'),
  }
}

test('gives what is appended, and not what was there', async () => {
  const { directory, first } = openDays()
  writeFileSync(first, 'old\n')
  const { sees } = startFollowing(directory)
  appendFileSync(first, 'one\n')
  await sees('one')
  appendFileSync(first, 'two\nthree\n')
  await sees('one', 'two', 'three')
})

test('gives a line only when it is whole', async () => {
  const { directory, first } = openDays()
  writeFileSync(first, 'old\nha')
  const { seen, sees } = startFollowing(directory)
  await sleep(SEVERAL_POLLS_MS)
  expect(seen).toEqual([])
  appendFileSync(first, 'lf\none\nan')
  await sees('half', 'one')
  await sleep(SEVERAL_POLLS_MS)
  appendFileSync(first, 'other\n')
  await sees('half', 'one', 'another')
})

test('goes on over midnight, while some still write into yesterday', async () => {
  const { directory, first, second } = openDays()
  writeFileSync(first, '')
  const { sees } = startFollowing(directory)
  appendFileSync(second, 'new day\n')
  await sees('new day')
  appendFileSync(first, 'late\n')
  await sees('new day', 'late')
  appendFileSync(second, 'next\n')
  await sees('new day', 'late', 'next')
})

test('waits for a directory that is not there yet', async () => {
  const directory = join(temporaryDirectory(), 'traffic')
  const { sees } = startFollowing(directory)
  mkdirSync(directory)
  writeFileSync(join(directory, '2026-11-20.jsonl'), 'first\n')
  await sees('first')
})

test('begins again in a file that was cut', async () => {
  const { directory, first } = openDays()
  writeFileSync(first, 'a long old line\n')
  const { sees } = startFollowing(directory)
  truncateSync(first)
  appendFileSync(first, 'new\n')
  await sees('new')
})

test('begins again in a file that was replaced', async () => {
  const { directory, first } = openDays()
  writeFileSync(first, 'old\n')
  const { sees } = startFollowing(directory)
  writeFileSync(`${first}.new`, 'other, and longer\n')
  renameSync(`${first}.new`, first)
  await sees('other, and longer')
})

test('gives lines larger than what is read at once', async () => {
  const { directory, first } = openDays()
  writeFileSync(first, '')
  const { seen } = startFollowing(directory)
  appendFileSync(first, `${'x'.repeat(1_000_000)}\n`.repeat(3))
  await expect.poll(() => seen.map((line) => line.length), { timeout: 10_000 }).toEqual([1e6, 1e6, 1e6])
})
