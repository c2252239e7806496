import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SseReader } from '../../../src/usage/sse.ts'

const ANY = /data/g

describe('reads the data of an event', () => {
  test.each([
    ['with LF', 'event: a\ndata: x\n\n', ['x']],
    ['with CRLF', 'event: a\r\ndata: x\r\n\r\n', ['x']],
    ['with CR', 'event: a\rdata: x\r\r', ['x']],
    ['with mixed line ends', 'data: x\n\r\ndata: y\r\n\ndata: z\r\n\r', ['x', 'y', 'z']],
    ['behind a byte order mark', '\uFEFFdata: x\n\n', ['x']],
    ['without a space', 'data:x\n\n', ['x']],
    ['and takes one space only', 'data:  x\n\n', [' x']],
    ['of several lines', 'data: x\nid: 1\ndata:y\ndata\n\n', ['x\ny\n']],
    ['beside comments', ': data\n\n:\ndata: x\n: y\n\n', ['x']],
    ['beside fields that only look like it', 'database: x\n data: y\ndata: z\n\n', ['z']],
    ['that ends a stream', 'data: [DONE]\n\n', ['[DONE]']],
    ['that no blank line closes', 'data: x\n\ndata: y', ['x', 'y']],
    ['in UTF-8', 'data: é\u{1F600}\n\n', ['é\u{1F600}']],
    ['and nothing where there is none', 'event: data\n\ndata:\n\n\n\n', []],
  ])('%s', (_, text, expected) => {
    const bytes = Buffer.from(text)
    expect(readAll([bytes])).toEqual(expected)
    expect(readAll(cut(bytes, 1))).toEqual(expected)
  })

  test('where CR and LF of a blank line come in two chunks', () => {
    const chunks = ['data: x\r', '\ndata: y\r\n\r', '\ndata: z\n', '\n'].map((text) => Buffer.from(text))
    expect(readAll(chunks)).toEqual(['x\ny', 'z'])
  })

  test('as soon as its blank line is there, with the arrival of that chunk', () => {
    const seen: [string, number][] = []
    const reader = new SseReader({ wanted: ANY, onData: (data, atMs) => seen.push([data, atMs]) })
    reader.push(Buffer.from('data: x\n'), 1)
    reader.push(Buffer.from('\ndata: y\n\ndata'), 2)
    expect(seen).toEqual([
      ['x', 2],
      ['y', 2],
    ])
  })
})

describe('reads only what is wanted', () => {
  test('of the events in a chunk', () => {
    const bytes = Buffer.from('data: a\n\ndata: "stop"\n\ndata: b\n\nevent: "stop"\ndata: c\n\ndata: d\n\n')
    expect(readAll([bytes], /"stop"/g)).toEqual(['"stop"', 'c'])
    expect(readAll(cut(bytes, 1), /"stop"/g)).toEqual(['"stop"', 'c'])
  })

  test('once per event, however often it matches', () => {
    expect(readAll([Buffer.from('data: a a a\n\ndata: a\n\n')], /a/g)).toEqual(['a a a', 'a'])
  })

  test('as the sink changes its mind between two events of a chunk', () => {
    const seen: string[] = []
    const sink = {
      wanted: ANY,
      onData(data: string) {
        seen.push(data)
        this.wanted = /last/g
      },
    }
    new SseReader(sink).push(Buffer.from('data: first\n\ndata: second\n\ndata: last\n\n'), 0)
    expect(seen).toEqual(['first', 'last'])
  })
})

describe('an event over the cap', () => {
  const stream = `data: a\n\ndata: ${'x'.repeat(100)}\ndata: y\r\n\r\ndata: b\n\n`

  test.each([1, 7, 64, 1000])('is left out, in chunks of %i bytes', (size) => {
    const seen: string[] = []
    const reader = new SseReader({ wanted: ANY, onData: (data) => seen.push(data) }, 50)
    for (const chunk of cut(Buffer.from(stream), size)) reader.push(chunk, 0)
    expect(seen).toEqual(['a', 'b'])
    expect(reader.hasSkipped).toBe(true)
  })

  test('is left out when the stream ends in it', () => {
    const seen: string[] = []
    const reader = new SseReader({ wanted: ANY, onData: (data) => seen.push(data) }, 50)
    for (const chunk of cut(Buffer.from(`data: ${'data: x\n'.repeat(100)}`), 10)) reader.push(chunk, 0)
    reader.end(0)
    expect(seen).toEqual([])
  })

  test('of 4 MB is not kept', () => {
    const reader = new SseReader({ wanted: ANY, onData: () => expect.unreachable() })
    const before = process.memoryUsage().arrayBuffers
    const chunk = Buffer.alloc(65_536, 'data: x ')
    for (let pushed = 0; pushed < 1024; pushed++) reader.push(chunk, 0)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 ** 2)
  })
})

describe('for any stream, cut anywhere,', () => {
  const lineEnd = fc.constantFrom('\n', '\r\n', '\r')
  const field = fc.constantFrom(
    'data: ',
    'data:',
    'data',
    ':',
    ': data',
    'event: ',
    'id:',
    ' ',
    'é',
    '"stop"',
    '',
  )
  const line = fc.tuple(field, fc.constantFrom('', 'x', '{"a":1}', '"stop"', ' é'), lineEnd)
  const stream = fc.array(line).map((lines) => Buffer.from(lines.flat().join('')))
  const cuts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 })

  test('the result is that of a simple parser', () => {
    fc.assert(
      fc.property(stream, cuts, fc.boolean(), (bytes, sizes, hasMark) => {
        const whole = hasMark ? Buffer.concat([Buffer.from('\uFEFF'), bytes]) : bytes
        expect(readAll(cutBySizes(whole, sizes))).toEqual(referenceEvents(whole).map(({ data }) => data))
      }),
      { numRuns: 3000 },
    )
  })

  test('so it is when only some events are wanted', () => {
    fc.assert(
      fc.property(stream, cuts, (bytes, sizes) => {
        const expected = referenceEvents(bytes).filter(({ text }) => text.includes('"stop"'))
        expect(readAll(cutBySizes(bytes, sizes), /"stop"/g)).toEqual(expected.map(({ data }) => data))
      }),
      { numRuns: 3000 },
    )
  })
})

function readAll(chunks: readonly Buffer[], wanted = ANY): string[] {
  const seen: string[] = []
  const reader = new SseReader({ wanted, onData: (data) => seen.push(data) })
  for (const chunk of chunks) reader.push(chunk, 0)
  reader.end(0)
  return seen
}

function cut(bytes: Buffer, size: number): Buffer[] {
  return cutBySizes(bytes, [size])
}

function cutBySizes(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += chunks.at(-1)?.length ?? 0) {
    chunks.push(bytes.subarray(at, at + (sizes[chunks.length % sizes.length] ?? 1)))
  }
  return chunks
}

/** WHATWG HTML 9.2.6 over the whole text, but that what follows the last blank line counts too. */
function referenceEvents(bytes: Buffer): { text: string; data: string }[] {
  const text = bytes.toString().replace(/^\uFEFF/, '')
  const blocks: string[][] = [[]]
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line === '') blocks.push([])
    else blocks.at(-1)?.push(line)
  }
  const events = blocks.map((lines) => ({ text: lines.join('\n'), data: referenceData(lines) }))
  return events.filter(({ data }) => data !== '')
}

function referenceData(lines: readonly string[]): string {
  const fields = lines.map((line) => /^([^:]*)(?:: ?(.*))?$/s.exec(line))
  return fields.flatMap((match) => (match?.[1] === 'data' ? [match[2] ?? ''] : [])).join('\n')
}
