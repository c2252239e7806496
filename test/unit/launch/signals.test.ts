import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { relaySignals } from '../../../src/launch/signals.ts'

test.each(['ESRCH', 'EPERM'])('a child that %s keeps signals from is no fault of the listener', (code) => {
  const host = createHost(() => {
    throw Object.assign(new Error(`kill ${code}`), { code })
  })
  const relay = relaySignals(host, { childPid: () => 1, killAfterMs: 1000 })
  expect(() => host.emit('SIGTERM')).not.toThrow()
  relay.stop()
})

test('after the end of the child nothing is sent to its process id', () => {
  const sent: string[] = []
  const host = createHost((pid, signal) => sent.push(`${pid} ${signal}`))
  let childPid: number | undefined = 1
  const relay = relaySignals(host, { childPid: () => childPid, killAfterMs: 1000 })
  host.emit('SIGHUP')
  childPid = undefined
  host.emit('SIGHUP')
  relay.stop()
  expect(sent).toEqual(['1 SIGHUP'])
})

function createHost(kill: (pid: number, signal: NodeJS.Signals) => unknown) {
  return Object.assign(new EventEmitter(), { pid: 1, platform: 'linux' as const, kill })
}
