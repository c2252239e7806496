import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { TrafficLog } from '../../../src/log/writer.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const START = Date.parse('2026-11-20T23:59:58.000Z')
const TODAY = '2026-11-20.jsonl'

function openLog(directory = join(temporaryDirectory(), 'traffic')) {
  const clock = { ms: START }
  const troubles: string[] = []
  const log = new TrafficLog({
    directory,
    onTrouble: (reason) => troubles.push(reason),
    now: () => new Date(clock.ms),
  })
  onTestFinished(() => log.close())
  return { log, directory, clock, troubles, today: join(directory, TODAY) }
}

test('a line is in the file of the UTC day when append returns', () => {
  const { log, today } = openLog()
  expect(log.append('{"n":1}\n')).toBe(true)
  expect(readFileSync(today, 'utf8')).toBe('{"n":1}\n')
})

test('the next day begins a file of its own', () => {
  const { log, directory, clock } = openLog()
  log.append('{"n":1}\n')
  clock.ms += 2000
  log.append('{"n":2}\n')
  expect(readdirSync(directory)).toEqual([TODAY, '2026-11-21.jsonl'])
})

test('only the owner can read it, whatever the umask', () => {
  const before = process.umask(0)
  onTestFinished(() => void process.umask(before))
  const { log, directory, today } = openLog()
  log.append('{"n":1}\n')
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  expect(statSync(today).mode & 0o777).toBe(0o600)
})

test('a file and a directory that others could read are closed to them', () => {
  const { log, directory, today } = openLog()
  mkdirSync(directory)
  writeFileSync(today, '')
  chmodSync(directory, 0o755)
  chmodSync(today, 0o644)
  log.append('{"n":1}\n')
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  expect(statSync(today).mode & 0o777).toBe(0o600)
})

test('a line that somebody could not finish is ended first', () => {
  const { log, directory, today } = openLog()
  mkdirSync(directory)
  writeFileSync(today, '{"n":1}\n{"torn')
  log.append('{"n":2}\n')
  log.append('{"n":3}\n')
  expect(readFileSync(today, 'utf8')).toBe('{"n":1}\n{"torn\n{"n":2}\n{"n":3}\n')
})

test('a deleted file is made again', () => {
  const { log, today } = openLog()
  log.append('{"n":1}\n')
  rmSync(today)
  expect(log.append('{"n":2}\n')).toBe(true)
  expect(readFileSync(today, 'utf8')).toBe('{"n":2}\n')
})

test('a deleted directory is made again', () => {
  const { log, directory, today } = openLog()
  log.append('{"n":1}\n')
  rmSync(directory, { recursive: true })
  expect(log.append('{"n":2}\n')).toBe(true)
  expect(readFileSync(today, 'utf8')).toBe('{"n":2}\n')
})

test('a file that was moved away is left alone', () => {
  const { log, today } = openLog()
  log.append('{"n":1}\n')
  renameSync(today, `${today}.kept`)
  log.append('{"n":2}\n')
  expect(readFileSync(`${today}.kept`, 'utf8')).toBe('{"n":1}\n')
  expect(readFileSync(today, 'utf8')).toBe('{"n":2}\n')
})

test('where nothing can be written, records are counted and the trouble is told once', () => {
  const blocked = join(temporaryDirectory(), 'file')
  writeFileSync(blocked, '')
  const { log, clock, troubles } = openLog(blocked)
  expect([log.append('{"n":1}\n'), log.append('{"n":2}\n')]).toEqual([false, false])
  clock.ms += 60_000
  expect(log.append('{"n":3}\n')).toBe(false)
  expect(log.dropped).toBe(3)
  expect(troubles).toEqual([expect.stringContaining('EEXIST')])
})

test('after a failure the file is tried again every 5 s', () => {
  const { log, directory, clock } = openLog()
  writeFileSync(directory, '')
  log.append('{"n":1}\n')
  rmSync(directory)
  clock.ms += 4999
  expect(log.append('{"n":2}\n')).toBe(false)
  expect(existsSync(directory)).toBe(false)
  clock.ms += 1
  expect(log.append('{"n":3}\n')).toBe(true)
})

test('a clock that is set back does not keep the file closed', () => {
  const { log, directory, clock } = openLog()
  writeFileSync(directory, '')
  log.append('{"n":1}\n')
  rmSync(directory)
  clock.ms -= 3_600_000
  expect(log.append('{"n":2}\n')).toBe(true)
})

test('close is not the end: a later append opens the file again', () => {
  const { log, today } = openLog()
  log.append('{"n":1}\n')
  log.close()
  log.close()
  expect(log.append('{"n":2}\n')).toBe(true)
  expect(readFileSync(today, 'utf8')).toBe('{"n":1}\n{"n":2}\n')
})
