import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { openProgress } from '../../../src/cli/scan-progress.ts'

function openWith({ isTTY = true, isQuiet = false } = {}) {
  let shown = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      shown += chunk
      done()
    },
  })
  const stderr = Object.assign(stream, { isTTY })
  const options = { flags: {}, isQuiet, isVerbose: false, canColor: true }
  const progress = openProgress({ stderr, options }, 200, { firstAfterMs: 0, everyMs: 0 })
  return { progress, shown: () => shown }
}

test('a person sees how far it is, on one line, which is empty again before what follows', () => {
  const { progress, shown } = openWith()
  progress.read(50)
  progress.read(100)
  progress.erase()
  progress.erase()
  expect(shown()).toBe('\r\x1b[Kreading the log: 25 %\r\x1b[Kreading the log: 75 %\r\x1b[K')
})

test.each([{ isTTY: false }, { isQuiet: true }])('with %o nothing is written', (surroundings) => {
  const { progress, shown } = openWith(surroundings)
  progress.read(100)
  progress.erase()
  expect(shown()).toBe('')
})

test('what is not shown yet needs no erasing', () => {
  const { progress, shown } = openWith()
  progress.erase()
  expect(shown()).toBe('')
})
