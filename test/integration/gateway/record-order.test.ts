import { Worker } from 'node:worker_threads'
import { describe, expect, onTestFinished, test } from 'vitest'
import { encode } from '../../support/encodings.ts'
import type { Fault } from '../../support/fault-upstream.ts'
import { answer, cut } from '../../support/faults.ts'
import { startTestGateway } from '../../support/gateway.ts'
import type { Ask } from '../../support/gateway-client.ts'
import { wireRequest } from '../../support/gateway-client.ts'
import { rawAnswers } from '../../support/raw-answers.ts'

/** Reads in a thread of its own, so that it goes on while the thread of the gateway stands still. */
const READER = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { port, request, shared, state } = workerData
  const bytes = new Uint8Array(shared)
  const progress = new Int32Array(state)
  const socket = require('node:net').connect(port, '127.0.0.1', () => socket.write(request))
  socket.on('data', (chunk) => {
    bytes.set(chunk, progress[0])
    Atomics.add(progress, 0, chunk.length)
  })
  socket.on('error', () => {})
  socket.on('end', () => Atomics.store(progress, 1, 1))
  parentPort.on('message', () => socket.destroy())
`

interface Seen {
  readonly text: string
  readonly isWhole: boolean
  readonly isClosed: boolean
}

/** What the client has while the record is being written, and a moment later. */
async function exchange(fault: Fault, request: Ask, version = 'HTTP/1.1') {
  const shared = new SharedArrayBuffer(1_000_000)
  const progress = new Int32Array(new SharedArrayBuffer(8))
  const look = (): Seen => {
    const bytes = Buffer.from(Buffer.from(shared, 0, progress[0]))
    const [seen] = rawAnswers(bytes)
    return { text: bytes.toString('latin1'), isWhole: seen?.isWhole ?? false, isClosed: progress[1] === 1 }
  }
  let atRecord: Seen | undefined
  const gateway = await startTestGateway(fault, {
    onRecord: () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
      atRecord = look()
      return true
    },
  })
  await gateway.load()
  const bytes = wireRequest(gateway, request).toString('latin1').replace('HTTP/1.1', version)
  const workerData = { port: gateway.port, request: bytes, shared, state: progress.buffer }
  const worker = new Worker(READER, { eval: true, workerData })
  onTestFinished(async () => void (await worker.terminate()))
  await expect.poll(() => atRecord).toBeDefined()
  await expect.poll(() => look().isClosed || (look().isWhole && version === 'HTTP/1.1')).toBe(true)
  return { atRecord: atRecord as Seen, later: look() }
}

const BODY = 'event: ping\ndata: {"type":"ping"}\n\n'.repeat(5)
const STREAM = [['Content-Type', 'text/event-stream']] as const
const PIECES = { headers: STREAM, body: BODY, chunkBytes: BODY.length / 5, pauseMs: 5 }

describe('the record is written before the client has the end of', () => {
  test('an answer with a length, of which only the last piece waits', async () => {
    const { atRecord, later } = await exchange(answer(PIECES), {})
    expect(atRecord.isWhole).toBe(false)
    expect(atRecord.text).toMatch(/\r\n\r\n(event: ping\ndata: {"type":"ping"}\n\n){4}/)
    expect(later.isWhole).toBe(true)
  })

  test('a chunked answer, of which only the terminal chunk waits', async () => {
    const { atRecord, later } = await exchange(answer({ ...PIECES, framing: 'chunked' }), {})
    expect(atRecord.isWhole).toBe(false)
    expect(atRecord.text.split('event: ping')).toHaveLength(6)
    expect(later.isWhole).toBe(true)
  })

  test('a compressed answer', async () => {
    const headers = [...STREAM, ['Content-Encoding', 'gzip']] as const
    const body = encode.gzip(Buffer.from(BODY))
    const { atRecord, later } = await exchange(answer({ headers, body, framing: 'chunked' }), {})
    expect(atRecord.isWhole).toBe(false)
    expect(later.isWhole).toBe(true)
  })

  test('an answer in one piece', async () => {
    const { atRecord } = await exchange(answer(), {})
    expect(atRecord.isWhole).toBe(false)
  })

  test('an empty answer', async () => {
    const { atRecord, later } = await exchange(answer({ body: '' }), {})
    expect(atRecord.text).toBe('')
    expect(later.isWhole).toBe(true)
  })

  test('an answer to HEAD', async () => {
    const { atRecord, later } = await exchange(answer({ body: '' }), { method: 'HEAD' })
    expect(atRecord.text).toBe('')
    expect(later.text).toMatch(/^HTTP\/1.1 200/)
  })

  test('an answer that lasts until the connection closes', async () => {
    const { atRecord, later } = await exchange(answer({ ...PIECES, framing: 'chunked' }), {}, 'HTTP/1.0')
    expect(atRecord.isClosed).toBe(false)
    expect(later.isClosed).toBe(true)
    expect(later.text.endsWith(BODY)).toBe(true)
  })

  test('an answer that breaks off', async () => {
    const { atRecord, later } = await exchange(cut({ ...PIECES, framing: 'chunked' }, 200, 'fin'), {})
    expect(atRecord.isClosed).toBe(false)
    expect(later).toMatchObject({ isClosed: true, isWhole: false })
  })

  test.each([
    ['a stranger', answer(), { access: [] }],
    ['an upstream without an answer', cut({}, 0, 'fin'), {}],
  ])('our own answer to %s', async (_name, fault, request) => {
    const { atRecord, later } = await exchange(fault, request)
    expect(atRecord.text).toBe('')
    expect(later.isWhole).toBe(true)
  })
})
