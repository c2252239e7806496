import { describe, expect, onTestFinished, test } from 'vitest'
import type { AnswerParts } from '../../support/answer.ts'
import { answerOf, headBytes, wireBytes } from '../../support/answer.ts'
import { encode } from '../../support/encodings.ts'
import type { Fault } from '../../support/fault-upstream.ts'
import { answer, cut, inTurn, shortLength, stall, wire } from '../../support/faults.ts'
import type { Overrides } from '../../support/gateway.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { wireRequest } from '../../support/gateway-client.ts'
import { rawAnswers } from '../../support/raw-answers.ts'
import { openRaw } from '../../support/raw-client.ts'

const EVENTS = 'event: ping\ndata: {"type":"ping"}\n\n'.repeat(10)
const STREAM = [['Content-Type', 'text/event-stream']] as const
const GZIP = [...STREAM, ['Content-Encoding', 'gzip']] as const

const ANSWERS: readonly (readonly [name: string, parts: AnswerParts])[] = [
  ['content-length', { headers: STREAM, body: EVENTS }],
  ['chunked', { headers: STREAM, body: EVENTS, framing: 'chunked', chunkBytes: 36 }],
  ['gzip with content-length', { headers: GZIP, body: encode.gzip(Buffer.from(EVENTS)) }],
  [
    'gzip in chunks',
    { headers: GZIP, body: encode.gzip(Buffer.from(EVENTS)), framing: 'chunked', chunkBytes: 9 },
  ],
]

/** One exchange with an upstream that breaks off, seen from the client's socket. */
async function exchange(fault: Fault, overrides: Overrides = {}) {
  const gateway = await startTestGateway(fault, overrides)
  const connection = await openRaw(gateway.port)
  onTestFinished(() => connection.destroy())
  await connection.send(wireRequest(gateway))
  const reply = await connection.settled(1000)
  return { gateway, ending: reply.ending, answer: rawAnswers(reply.bytes)[0] }
}

describe('T2, T3, N11: a cut answer is an error at the client within 1 s, never a clean end', () => {
  for (const [name, parts] of ANSWERS) {
    const head = headBytes(answerOf(parts)).length
    const whole = wireBytes(answerOf(parts)).length
    const places = [head, head + 1, Math.floor((head + whole) / 2), whole - 7, whole - 1]
    for (const how of ['fin', 'rst'] as const) {
      test.each(places.map((byte) => byte))(`${name}, ${how} behind byte %i of ${whole}`, async (byte) => {
        const { gateway, ending, answer } = await exchange(cut(parts, byte, how))
        expect(ending).not.toBe('open')
        expect(answer?.isWhole ?? false).toBe(false)
        expect(await gateway.record(0)).toMatchObject({ outcome: 'truncated', status: 200 })
      })
    }
  }

  test('a length longer than the body', async () => {
    const { gateway, ending, answer } = await exchange(shortLength({ body: 'hello' }, 3))
    expect(ending).not.toBe('open')
    expect(answer).toMatchObject({ isWhole: false, body: Buffer.from('hello') })
    expect(await gateway.record(0)).toMatchObject({ outcome: 'truncated', response_bytes: 5 })
  })

  test('garbage in the middle of a chunked body', async () => {
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
    const { gateway, ending, answer } = await exchange(wire(`${head}5\r\nhello\r\nnonsense\r\n`, 'stay'))
    expect(ending).not.toBe('open')
    expect(answer).toMatchObject({ isWhole: false, body: Buffer.from('hello') })
    expect((await gateway.record(0)).outcome).toBe('truncated')
  })

  test('silence for longer than the idle time-out', async () => {
    const parts = { body: EVENTS, framing: 'chunked', chunkBytes: 36 } as const
    const timeouts = { connectMs: 2000, firstByteMs: 2000, idleMs: 100 }
    const { gateway, ending, answer } = await exchange(stall(parts, 200), { timeouts })
    expect(ending).not.toBe('open')
    expect(answer?.isWhole).toBe(false)
    expect((await gateway.record(0)).outcome).toBe('truncated')
  })

  test('for an HTTP/1.0 client, to which a FIN would be a whole answer', async () => {
    const gateway = await startTestGateway(
      cut({ body: EVENTS, framing: 'chunked', chunkBytes: 36 }, 200, 'fin'),
    )
    const connection = await openRaw(gateway.port)
    onTestFinished(() => connection.destroy())
    await connection.send(wireRequest(gateway).toString('latin1').replace('HTTP/1.1', 'HTTP/1.0'))
    expect((await connection.settled(1000)).ending).toBe('rst')
  })
})

test.each(['fin', 'rst'] as const)('every byte that came before a cut by %s arrives', async (how) => {
  const parts = { headers: STREAM, body: EVENTS, framing: 'chunked', chunkBytes: 36 } as const
  const byte = headBytes(answerOf(parts)).length + 3 * (36 + '24\r\n\r\n'.length)
  const { answer } = await exchange(cut(parts, byte, how))
  expect(answer?.body.toString()).toBe(EVENTS.slice(0, 3 * 36))
})

test('a cut large answer arrives up to the cut', async () => {
  const body = Buffer.alloc(3_000_000, 'x')
  const { answer } = await exchange(cut({ body, framing: 'length' }, 2_000_000, 'fin'))
  const head = headBytes(answerOf({ body })).length
  expect(answer?.body.length).toBe(2_000_000 - head)
})

test('an answer that ends with its connection is whole', async () => {
  const { gateway, ending, answer } = await exchange(wire('HTTP/1.1 200 OK\r\n\r\nhello', 'fin'))
  expect(ending).toBe('open')
  expect(answer).toMatchObject({ isWhole: true, body: Buffer.from('hello') })
  expect((await gateway.record(0)).outcome).toBe('ok')
})

test('an answer that ends with a reset is cut', async () => {
  const { gateway, answer } = await exchange(wire('HTTP/1.1 200 OK\r\n\r\nhello', 'rst'))
  expect(answer?.isWhole).toBe(false)
  expect((await gateway.record(0)).outcome).toBe('truncated')
})

test('the gateway serves on after a cut', async () => {
  const { gateway } = await exchange(inTurn(cut({}, 60, 'rst'), answer()))
  const connection = await openRaw(gateway.port)
  onTestFinished(() => connection.destroy())
  await connection.send(wireRequest(gateway))
  const reply = await connection.until(({ bytes }) => rawAnswers(bytes)[0]?.isWhole === true)
  expect(rawAnswers(reply.bytes)[0]?.status).toBe(200)
})
