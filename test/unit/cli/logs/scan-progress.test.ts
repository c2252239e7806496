import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { openScanProgress } from '../../../../src/cli/logs/scan-progress.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

function openWith({ isTTY = true, isQuiet = false } = {}) {
  let shown = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      shown += chunk
      done()
    },
  })
  const path = join(temporaryDirectory(), 'log')
  writeFileSync(path, 'x'.repeat(200))
  const stderr = Object.assign(stream, { isTTY })
  const options = { flags: {}, isQuiet, isVerbose: false, canColor: true }
  const progress = openScanProgress({ stderr, options }, [path], { patienceMs: 0, stepMs: 0 })
  return { path, progress, shown: () => shown }
}

test('a person sees how far it is, on one line, which is empty again before what follows', () => {
  const { progress, shown } = openWith()
  progress.advance(50)
  progress.advance(100)
  progress.end()
  progress.end()
  expect(shown()).toBe('\r\x1b[Kreading, 25 %\r\x1b[Kreading, 75 %\r\x1b[K')
})

test('what turns up while it reads counts too', () => {
  const { path, progress, shown } = openWith()
  progress.advance(200)
  progress.expect([path, '/nowhere'])
  progress.pass(path)
  expect(shown()).toBe('\r\x1b[Kreading, 100 %\r\x1b[Kreading, 100 %')
  progress.expect([path, path])
  progress.advance(100)
  expect(shown().slice(-4)).toBe('62 %')
})

test.each([{ isTTY: false }, { isQuiet: true }])('with %o nothing is written', (surroundings) => {
  const { progress, shown } = openWith(surroundings)
  progress.advance(100)
  progress.end()
  expect(shown()).toBe('')
})

test('what is not shown yet needs no erasing', () => {
  const { progress, shown } = openWith()
  progress.end()
  expect(shown()).toBe('')
})
