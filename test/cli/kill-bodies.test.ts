import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { ExchangeRecord } from '../../src/exchange/exchange.ts'
import { parseLine } from '../../src/exchange/line.ts'
import { readBody } from '../../src/log/body-reader.ts'
import { answer } from '../support/faults.ts'
import { ask } from '../support/gateway-client.ts'
import { startServe } from '../support/serve.ts'

const ROUNDS = 100
const AT_ONCE = 4
const CLIENTS = 2

/** Nothing in them can be compressed, so that writing takes its time. */
const ANSWER = randomBytes(100_000)
const UPSTREAM = answer({ body: ANSWER, framing: 'chunked', chunkBytes: 20_000 })

/** How many bodies were whole, and how many were not stored. */
interface Count {
  whole: number
  missing: number
}

test('a process that is killed while it writes bodies leaves each of them whole, or none', async () => {
  const count: Count = { whole: 0, missing: 0 }
  let round = 0
  const runRounds = async () => {
    while (round < ROUNDS) await killAndCheck((round++ * 37) % 200, count)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, runRounds))
  console.log(`${count.whole} bodies were whole, ${count.missing} not stored`)
  expect(count.whole).toBeGreaterThan(0)
  expect(count.missing).toBeGreaterThan(0)
}, 600_000)

async function killAndCheck(afterMs: number, count: Count): Promise<void> {
  const env = { CLAUDE_GW_LOG_LEVEL: 'full' }
  const {
    child,
    ready,
    env: used,
    upstream,
  } = await startServe({ args: ['--port', '0'], env, fault: UPSTREAM })
  const exited = once(child, 'exit')
  const sent = new Map<string, Buffer>()
  const clients = Array.from({ length: CLIENTS }, (_, index) => keepAsking(ready, index, sent))
  await expect
    .poll(() => recordsIn(used.CLAUDE_GW_STATE_DIR).length, { interval: 5, timeout: 20_000 })
    .toBeGreaterThan(0)
  await delay(afterMs)
  child.kill('SIGKILL')
  await Promise.all([...clients, exited])
  await upstream.close()
  await checkBodies(used.CLAUDE_GW_STATE_DIR, sent, count)
}

/** Until the gateway is gone. */
async function keepAsking(
  { port, token }: { readonly port: number; readonly token: string | null },
  client: number,
  sent: Map<string, Buffer>,
): Promise<void> {
  const access = [['X-Api-Key', token ?? '']] as const
  const headers = [['X-Claude-Code-Session-Id', `session ${client % 2}`]] as const
  for (let turn = 0; ; turn += 1) {
    const path = `/v1/${client}/${turn}`
    const body = randomBytes(100_000)
    sent.set(path, body)
    const reply = await ask({ port }, { path, access, headers, body }).catch(() => undefined)
    if (!reply?.isWhole) return
  }
}

async function checkBodies(state: string, sent: ReadonlyMap<string, Buffer>, count: Count): Promise<void> {
  for (const record of recordsIn(state)) {
    const { request_body, response_body, path } = record
    if (record.outcome !== 'ok') continue
    const pairs = [
      [request_body, sent.get(path)],
      [response_body, ANSWER],
    ] as const
    for (const [reference, bytes] of pairs) {
      if (!reference) throw new Error(`no reference in the record of ${path}`)
      const found = await readBody(join(state, 'bodies'), reference)
      if ('reason' in found) expect(found.reason).toMatch(/^it was not stored|^its file is gone/)
      else expect(bytes && found.bytes.equals(bytes)).toBe(true)
      count['bytes' in found ? 'whole' : 'missing'] += 1
    }
  }
}

/** A line that is being written is none yet. */
function recordsIn(state: string): ExchangeRecord[] {
  const folder = join(state, 'traffic')
  try {
    const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    return lines.flatMap((line) => parseLine(line) ?? [])
  } catch {
    return []
  }
}
