import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Dial } from '../../../src/network/connections.ts'
import { makeConnections } from '../../../src/network/connections.ts'

/** Sends so many requests through an agent with one connection, and gives what came of them. */
async function send(count: number, dial: Dial): Promise<unknown[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  makeConnections(agent, {}, dial)
  const get = () => once(request({ host: 'upstream.test', agent }).end(), 'response').catch((error) => error)
  return Promise.all(Array.from({ length: count }, get))
}

test('an error of the way is that of the request, and of those behind it', async () => {
  let count = 0
  const errors = await send(3, async () => {
    count += 1
    throw new Error(`no way ${count}`)
  })
  expect(errors.map(String)).toEqual(['Error: no way 1', 'Error: no way 2', 'Error: no way 3'])
})

test('a connection that is already broken tells why', async () => {
  const socket = new Socket().on('error', () => {}).destroy(new Error('reset'))
  expect((await send(1, async () => socket)).map(String)).toEqual(['Error: reset'])
})
