import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { TrafficLog } from '../../../src/log/writer.ts'
import { compiledSource } from '../../support/compiled-source.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const START = Date.parse('2026-11-20T12:00:00.000Z')
const FIXTURE = join(import.meta.dirname, '../../fixtures/append-lines.mjs')
const LINE = `{"filling":"${'x'.repeat(3000)}"}\n`

const canMount = process.platform === 'linux' && spawnSync('unshare', ['--mount', 'true']).status === 0
const module = compiledSource()

describe.skipIf(!canMount)('on a small file system (needs the right to mount one)', () => {
  test('a full disk costs records, and nothing more once there is room again', () => {
    const disk = temporaryDirectory()
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk])
    onTestFinished(() => void execFileSync('umount', ['--lazy', disk]))
    const ballast = join(disk, 'ballast')
    writeFileSync(ballast, Buffer.alloc(16 * 1024))
    const clock = { ms: START }
    const troubles: string[] = []
    const log = new TrafficLog({
      directory: join(disk, 'traffic'),
      onTrouble: (reason) => troubles.push(reason),
      now: () => new Date(clock.ms),
    })
    onTestFinished(() => log.close())

    let written = 0
    while (log.append(LINE)) written += 1
    log.append(LINE)
    rmSync(ballast)
    clock.ms += 5000
    expect(log.append(LINE)).toBe(true)

    const lines = readFileSync(join(disk, 'traffic', '2026-11-20.jsonl'), 'utf8').split('\n')
    expect(lines.filter((line) => `${line}\n` === LINE)).toHaveLength(written + 1)
    expect(lines.at(-1)).toBe('')
    expect(log.dropped).toBe(2)
    expect(troubles).toEqual([expect.stringContaining('ENOSPC')])
  })
})

test.skipIf(process.platform === 'win32')('what a short write left is ended by the next writer', () => {
  const directory = join(temporaryDirectory(), 'traffic')
  const name = 'x'.repeat(1000)
  const appender = [FIXTURE, module('log/writer.js'), directory, name, '50', '0']
  const limited = ['-c', 'ulimit -f 16 && exec "$@"', 'sh', process.execPath, ...appender]
  const child = spawnSync('sh', limited, { encoding: 'utf8' })
  expect(child.stderr).toMatch(/^cannot write to .*: EFBIG.*\n$/)
  const [file] = readdirSync(directory).map((entry) => join(directory, entry))
  const before = readFileSync(String(file), 'utf8')
  expect(before).not.toMatch(/\n$/)

  const log = new TrafficLog({ directory, onTrouble: (reason) => expect.unreachable(reason) })
  onTestFinished(() => log.close())
  log.append(LINE)
  const written = child.stdout.trim().split('\n').length
  const [torn, last] = readFileSync(String(file), 'utf8').trimEnd().split('\n').slice(written)
  expect(before.endsWith(`\n${torn}`)).toBe(true)
  expect(`${last}\n`).toBe(LINE)
})
