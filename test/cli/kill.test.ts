import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { startCli } from '../support/cli.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer, choose } from '../support/faults.ts'
import { rawAnswers } from '../support/raw-answers.ts'
import { openRaw } from '../support/raw-client.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const ROUNDS = 200
const AT_ONCE = 4

const EVENTS = 'event: ping\ndata: {"type":"ping"}\n\n'.repeat(20)
const STREAM = {
  headers: [['Content-Type', 'text/event-stream']],
  body: EVENTS,
  framing: 'chunked',
  chunkBytes: EVENTS.length / 20,
} as const

const upstreamFault = choose(({ request }) => answer(request.target === '/stream' ? STREAM : {}))

test('an exchange whose end the client saw is in log and ledger, though the process is killed at once', async () => {
  const upstream = await startFaultUpstream(upstreamFault)
  onTestFinished(upstream.close)
  const lost: string[] = []
  let round = 0
  const runRounds = async () => {
    while (round < ROUNDS) {
      const path = round++ % 2 === 0 ? '/stream' : '/length'
      const state = temporaryDirectory()
      await exchangeAndKill(upstream.url, state, path)
      for (const kind of ['traffic', 'ledger'])
        if (!recordedPaths(state, kind).includes(path)) lost.push(`${kind} ${path}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, runRounds))
  expect(lost).toEqual([])
  expect(upstream.requests).toHaveLength(ROUNDS)
}, 120_000)

async function exchangeAndKill(upstream: string, state: string, path: string): Promise<void> {
  const env = {
    CLAUDE_GW_UPSTREAM: upstream,
    CLAUDE_GW_CREDENTIAL: 'env:K',
    CLAUDE_GW_STATE_DIR: state,
    K: 'upstream-key',
  }
  const child = startCli(['serve', '--json', '--port', '0'], { env })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  const { port, token } = await ready(child)
  const client = await openRaw(port)
  const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-Api-Key: ${token}\r\n`
  await client.send(`${head}Content-Length: 2\r\n\r\n{}`)
  const reply = await client.until(({ bytes }) => rawAnswers(bytes)[0]?.isWhole === true)
  child.kill('SIGKILL')
  client.destroy()
  await exited
  expect(rawAnswers(reply.bytes)[0]).toMatchObject({ status: 200, isWhole: true })
}

async function ready(child: ChildProcess): Promise<{ readonly port: number; readonly token: string }> {
  if (!child.stdout) throw new Error('no stdout')
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return JSON.parse(line)
}

function recordedPaths(state: string, kind: string): string[] {
  const folder = join(state, kind)
  const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
  return text.flatMap((one) => one.split('\n').filter(Boolean)).map((line) => JSON.parse(line).path)
}
