import { EventEmitter, once } from 'node:events'
import { expect, test } from 'vitest'
import { guardWrites } from '../../../../src/cli/setup/write-guard.ts'
import { exitOnSignals } from '../../../../src/credentials/stop-signals.ts'

test('a signal ends the process at once while nothing is written', async () => {
  const { host, exited } = openHost()
  exitOnSignals(guardWrites(host))
  host.emit('SIGTERM')
  expect(await exited).toEqual([143])
})

test('a signal waits for what is being written, and then that is told', async () => {
  const { host, exited, told, stops } = openHost()
  const guard = guardWrites(host)
  exitOnSignals(guard)
  let finish = () => {}
  const writing = guard.during(() => new Promise((resolve) => (finish = resolve)), stops)
  host.emit('SIGINT')
  host.emit('SIGINT')
  expect(told).toEqual([])
  finish()
  expect(await exited).toEqual([130])
  await writing
  expect(told).toEqual(['whole'])
})

test('what fails meanwhile has taken itself back', async () => {
  const { host, exited, told, stops } = openHost()
  const guard = guardWrites(host)
  exitOnSignals(guard)
  let fail = (_error: Error) => {}
  const writing = guard.during(() => new Promise((_resolve, reject) => (fail = reject)), stops)
  host.emit('SIGINT')
  fail(new Error('no keychain'))
  await expect(writing).rejects.toThrow('no keychain')
  expect(await exited).toEqual([130])
  expect(told).toEqual([])
})

test('what waits for something is taken back, and then the process ends', async () => {
  const { host, exited, told, stops } = openHost()
  const guard = guardWrites(host)
  exitOnSignals(guard)
  void guard.during(() => new Promise(() => {}), stops)
  host.emit('SIGINT')
  expect(await exited).toEqual([130])
  expect(told).toEqual(['taken back'])
})

/** A process that tells when it would exit, and what is done about a signal. */
function openHost() {
  const host = Object.assign(new EventEmitter(), { exit: (code: number) => host.emit('exit', code) })
  const told: string[] = []
  const stops = {
    takeBack: async () => void told.push('taken back'),
    tellWhole: () => void told.push('whole'),
  }
  return { host, exited: once(host, 'exit'), told, stops }
}
