import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { TapHead, TapSummary } from '../../../src/gateway/tap.ts'
import { createTap } from '../../../src/gateway/tap.ts'
import type { JsonObject } from '../../../src/json/object.ts'
import type { Encoding } from '../../support/encodings.ts'
import { encode } from '../../support/encodings.ts'

const STREAM: TapHead = { status: 200, contentType: 'text/event-stream; charset=utf-8' }
const JSON_BODY: TapHead = { status: 200, contentType: 'application/json' }

const START = {
  type: 'message_start',
  message: { model: 'claude-x', usage: { input_tokens: 3, output_tokens: 1 } },
}
const TEXT = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'é' } }
const DELTA = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } }
const STOP = { type: 'message_stop' }
const MESSAGE = sse(START, { type: 'ping' }, TEXT, TEXT, DELTA, STOP)
const MESSAGE_SUMMARY = {
  usage: { input_tokens: 3, output_tokens: 9 },
  responseModel: 'claude-x',
  stopReason: 'end_turn',
  firstTokenAtMs: 0,
  isStream: true,
  isComplete: true,
}

afterEach(() => {
  vi.useRealTimers()
})

describe('of a streamed message', () => {
  test('it tells usage, model, stop reason, first token and end', () => {
    expect(summaryNow(STREAM, [MESSAGE])).toEqual(MESSAGE_SUMMARY)
  })

  test('the first token has the arrival of its chunk', () => {
    const chunks = [START, { type: 'ping' }, TEXT, TEXT, STOP].map((event) => sse(event))
    expect(summaryNow(STREAM, chunks).firstTokenAtMs).toBe(2)
  })

  test('that broke off, it tells what was known, and that the end is missing', () => {
    const whole = sse(START, TEXT, DELTA)
    expect(summaryNow(STREAM, [whole.subarray(0, whole.length - 20)])).toEqual({
      usage: { input_tokens: 3, output_tokens: 1 },
      responseModel: 'claude-x',
      firstTokenAtMs: 0,
      isStream: true,
      isComplete: false,
    })
  })

  test('with an error event, it tells the error', () => {
    const error = { type: 'overloaded_error', message: 'Overloaded' }
    expect(summaryNow(STREAM, [sse({ type: 'error', error })])).toEqual({
      usage: null,
      usageReason: 'the stream carried no usage',
      error,
      isStream: true,
      isComplete: false,
    })
  })

  test('without a single event, the usage is unknown', () => {
    expect(summaryNow(STREAM, [])).toEqual({
      usage: null,
      usageReason: 'the stream carried no usage',
      isStream: true,
    })
  })

  test('with other events than expected, it says nothing about the end', () => {
    expect(summaryNow(STREAM, [sse({ type: 'response.completed' })])).not.toHaveProperty('isComplete')
  })

  test('with an event that is not JSON, it stops and says why', () => {
    const broken = Buffer.from('data: {"type":"message_delta" secret\n\n')
    expect(summaryNow(STREAM, [sse(START, TEXT), broken, sse(DELTA, STOP)])).toEqual({
      usage: null,
      usageReason: 'an event of the stream is not JSON',
      responseModel: 'claude-x',
      firstTokenAtMs: 0,
      isStream: true,
    })
  })

  test.each([undefined, '', 'text/plain'])('it is read under the content type %j', (contentType) => {
    expect(summaryNow({ status: 200, contentType }, [MESSAGE])).toEqual(MESSAGE_SUMMARY)
  })
})

test('of a streamed chat completion it tells the same', () => {
  const usage = { prompt_tokens: 4, completion_tokens: 2 }
  const chunks = [
    {
      model: 'gpt-x',
      choices: [{ delta: { role: 'assistant', content: '' }, finish_reason: null }],
      usage: null,
    },
    { model: 'gpt-x', choices: [{ delta: { content: 'Hi' }, finish_reason: null }], usage: null },
    { model: 'gpt-x', choices: [{ delta: {}, finish_reason: 'stop' }], usage: null },
    { model: 'gpt-x', choices: [], usage },
  ].map((chunk) => Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`))
  expect(summaryNow(STREAM, [...chunks, Buffer.from('data: [DONE]\n\n')])).toEqual({
    usage,
    responseModel: 'gpt-x',
    stopReason: 'stop',
    firstTokenAtMs: 1,
    isStream: true,
    isComplete: true,
  })
})

describe('of a JSON answer', () => {
  const message = { type: 'message', model: 'claude-x', stop_reason: 'end_turn', usage: { output_tokens: 2 } }

  test.each([JSON_BODY, STREAM, { status: 200 }])('it tells usage, model and stop reason (%o)', (head) => {
    expect(summaryNow(head, [Buffer.from(`\n${JSON.stringify(message)}`)])).toEqual({
      usage: { output_tokens: 2 },
      responseModel: 'claude-x',
      stopReason: 'end_turn',
      isStream: false,
    })
  })

  test('of the error kind it tells the error', () => {
    const body = {
      type: 'error',
      error: { type: 'rate_limit_error', message: 'Slow down' },
      request_id: 'req_1',
    }
    expect(summaryNow({ ...JSON_BODY, status: 429 }, [json(body)])).toEqual({
      error: { type: 'rate_limit_error', message: 'Slow down' },
      isStream: false,
    })
  })

  test('that has no usage by nature it tells nothing', () => {
    expect(summaryNow(JSON_BODY, [json({ input_tokens: 5 })])).toEqual({ isStream: false })
    expect(summaryNow(JSON_BODY, [json({ data: [], has_more: false })])).toEqual({ isStream: false })
  })

  test('that should have a usage it says that there is none', () => {
    expect(summaryNow(JSON_BODY, [json({ type: 'message', model: 'claude-x' })])).toEqual({
      usage: null,
      usageReason: 'the answer has no usage',
      responseModel: 'claude-x',
      isStream: false,
    })
  })

  test('that broke off, the usage is unknown', () => {
    expect(summaryNow(JSON_BODY, [json(message).subarray(0, -1)])).toMatchObject({
      usage: null,
      usageReason: 'the answer is not a whole JSON object',
    })
  })

  test('over 8 MB, the usage is unknown', () => {
    const body = json({ ...message, content: 'x'.repeat(8 * 1024 ** 2) })
    expect(summaryNow(JSON_BODY, [body])).toMatchObject({
      usage: null,
      usageReason: 'the answer is over 8388608 bytes',
    })
  })
})

describe('it tells nothing of', () => {
  test.each([
    ['an empty answer', { status: 204 }, ''],
    ['a page of a proxy', { status: 502, contentType: 'text/html' }, '<html></html>'],
    ['a broken error', { status: 500, contentType: 'application/json' }, '{"error"'],
    ['a file', { status: 200, contentType: 'application/octet-stream' }, '{"usage":{"input_tokens":1}}'],
    ['plain text', { status: 200, contentType: 'text/plain' }, 'retry later'],
    ['a list', JSON_BODY, '[{"usage":{"input_tokens":1}}]'],
  ])('%s', (_, head, body) => {
    expect(summaryNow(head, [Buffer.from(body)])).toEqual({ isStream: false })
  })
})

describe('a compressed answer', () => {
  const encodings: readonly Encoding[] = ['gzip', 'deflate', 'deflate-raw', 'br', 'zstd']

  test.each(encodings)('in %s is read like a plain one', async (encoding) => {
    const contentEncoding = encoding === 'deflate-raw' ? 'deflate' : encoding
    const summary = await summaryOf({ ...STREAM, contentEncoding }, [encode[encoding](MESSAGE)])
    expect(summary).toEqual(MESSAGE_SUMMARY)
  })

  test.each(encodings)('in %s that is a lie is read as what it is', (contentEncoding) => {
    expect(summaryNow({ ...STREAM, contentEncoding }, [MESSAGE])).toEqual(MESSAGE_SUMMARY)
  })

  test('that its header does not tell is read too', async () => {
    expect(await summaryOf(STREAM, [gzipSync(MESSAGE)])).toEqual(MESSAGE_SUMMARY)
  })

  test('that is already decoded is told at once', async () => {
    const seen: TapSummary[] = []
    for (let waitMs = 1; seen.length === 0; waitMs *= 2) {
      const tap = createTap({ ...STREAM, contentEncoding: 'gzip' })
      tap.push(gzipSync(MESSAGE), 0)
      await sleep(waitMs)
      let isSameTurn = true
      tap.finish((summary) => isSameTurn && seen.push(summary))
      isSameTurn = false
    }
    expect(seen).toEqual([MESSAGE_SUMMARY])
  })

  test('is waited for no longer than 50 ms', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const done = vi.fn()
    const tap = createTap({ ...STREAM, contentEncoding: 'gzip' })
    tap.push(gzipSync(MESSAGE), 0)
    tap.finish(done)
    vi.advanceTimersByTime(49)
    expect(done).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(done).toHaveBeenCalledExactlyOnceWith({
      usage: null,
      usageReason: 'decoding took too long',
      isStream: true,
    })
  })

  test('that cannot be decoded, the usage is unknown', async () => {
    const head = { ...STREAM, contentEncoding: 'gzip' }
    expect(await summaryOf(head, [Buffer.alloc(100, 0xee)])).toMatchObject({
      usage: null,
      usageReason: expect.stringContaining('incorrect header check'),
    })
  })

  test('of an unknown coding, the usage is unknown', () => {
    expect(summaryNow({ ...JSON_BODY, contentEncoding: 'compress' }, [Buffer.alloc(100, 0xee)])).toEqual({
      usage: null,
      usageReason: 'content-encoding "compress" cannot be read',
      isStream: false,
    })
  })
})

describe('pushing', () => {
  test('reads nothing in the same turn of the event loop', async () => {
    const chunk = Buffer.from(MESSAGE)
    const tap = createTap(STREAM)
    tap.push(chunk, 0)
    chunk.write('claude-y', chunk.indexOf('claude-x'))
    await nextTurn()
    chunk.write('claude-z', chunk.indexOf('claude-y'))
    const done = vi.fn<(summary: TapSummary) => void>()
    tap.finish(done)
    expect(done.mock.calls[0]?.[0].responseModel).toBe('claude-y')
  })

  test('more than 16 MB in one turn ends the watch', () => {
    const chunk = Buffer.alloc(1024 ** 2, ': keep-alive\n\n')
    expect(summaryNow(STREAM, [...Array.from({ length: 17 }, () => chunk), MESSAGE])).toEqual({
      usage: null,
      usageReason: 'too much arrived at once',
      isStream: true,
    })
  })

  test('a stream of any length is followed', async () => {
    const tap = createTap(STREAM)
    const chunk = Buffer.from(sse(...Array.from({ length: 5000 }, () => TEXT)))
    tap.push(sse(START), 0)
    for (let bytes = 0; bytes < 40 * 1024 ** 2; bytes += chunk.length) {
      tap.push(chunk, 1)
      await nextTurn()
    }
    tap.push(sse(DELTA, STOP), 2)
    const done = vi.fn()
    tap.finish(done)
    expect(done).toHaveBeenCalledExactlyOnceWith({ ...MESSAGE_SUMMARY, firstTokenAtMs: 1 })
  })

  test('after the end changes nothing', async () => {
    const done = vi.fn()
    const tap = createTap(STREAM)
    tap.finish(done)
    tap.push(MESSAGE, 0)
    await nextTurn()
    expect(done).toHaveBeenCalledOnce()
  })
})

describe('whatever the bytes, the cuts and the head,', () => {
  const encoding = fc.constantFrom(...(Object.keys(encode) as Encoding[]))
  const head = fc.record({
    status: fc.constantFrom(200, 204, 429, 500),
    contentType: fc.constantFrom(
      undefined,
      'text/event-stream',
      'application/json',
      'text/plain',
      'image/png',
      '\u0000',
    ),
    contentEncoding: fc.oneof(encoding, fc.constantFrom(undefined, 'deflate', 'compress', 'gzip, br', '')),
  })
  const text = fc.constantFrom(
    MESSAGE,
    json({ type: 'message', usage: {} }),
    Buffer.from('data: {}\n\n'),
    Buffer.alloc(0),
  )
  const encoded = fc.tuple(encoding, text).map(([name, body]) => encode[name](body))
  const damaged = fc.tuple(encoded, fc.nat(), fc.nat(255)).map(([body, at, byte]) => {
    const copy = Buffer.from(body)
    copy[at % (copy.length || 1)] = byte
    return copy
  })
  const noise = fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes))
  const body = fc
    .array(fc.oneof(encoded, damaged, noise, text), { maxLength: 3 })
    .map((parts) => Buffer.concat(parts))
  const size = fc.integer({ min: 1, max: 200 })

  test('it ends once, throws nothing and changes no byte', async () => {
    await fc.assert(
      fc.asyncProperty(head, body, size, fc.boolean(), async (tapHead, bytes, chunkSize, isPaced) => {
        const before = Buffer.from(bytes)
        const summaries = await summariesOf(tapHead, cut(bytes, chunkSize), isPaced)
        expect(bytes.equals(before)).toBe(true)
        expect(summaries).toHaveLength(1)
        expect(summaries[0]?.usage === null).toBe(summaries[0]?.usageReason !== undefined)
      }),
      { numRuns: 500 },
    )
  }, 30_000)

  test('a plain answer tells the same in any cut', () => {
    fc.assert(
      fc.property(text, size, (bytes, chunkSize) => {
        const { firstTokenAtMs, ...summary } = summaryNow(STREAM, cut(bytes, chunkSize))
        expect({ ...summary, ...(firstTokenAtMs !== undefined && { firstTokenAtMs: 0 }) }).toEqual(
          summaryNow(STREAM, [bytes]),
        )
      }),
    )
  })
})

function sse(...events: readonly (JsonObject & { readonly type: string })[]): Buffer {
  return Buffer.from(
    events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''),
  )
}

function json(body: unknown): Buffer {
  return Buffer.from(JSON.stringify(body))
}

/** The summary of chunks that arrive at 0, 1, 2 ms…, where it must be there at once. */
function summaryNow(head: TapHead, chunks: readonly Buffer[]): TapSummary {
  const done = vi.fn<(summary: TapSummary) => void>()
  const tap = createTap(head)
  for (const [index, chunk] of chunks.entries()) tap.push(chunk, index)
  tap.finish(done)
  expect(done).toHaveBeenCalledOnce()
  return done.mock.calls[0]?.[0] as TapSummary
}

/** The summary, however long the decoder takes on a busy machine. */
function summaryOf(head: TapHead, chunks: readonly Buffer[]): Promise<TapSummary> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const tap = createTap(head)
  for (const [index, chunk] of chunks.entries()) tap.push(chunk, index)
  return new Promise((resolve) => tap.finish(resolve))
}

async function summariesOf(
  head: TapHead,
  chunks: readonly Buffer[],
  isPaced: boolean,
): Promise<TapSummary[]> {
  const summaries: TapSummary[] = []
  const tap = createTap(head)
  for (const chunk of chunks) {
    tap.push(chunk, 0)
    if (isPaced) await nextTurn()
  }
  await new Promise<void>((resolve) => {
    tap.finish((summary) => {
      summaries.push(summary)
      resolve()
    })
  })
  await nextTurn()
  return summaries
}

function cut(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
}
