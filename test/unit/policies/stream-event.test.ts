import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readEvent } from '../../../src/policies/stream-event.ts'

const kinds = fc.constantFrom<readonly [string, string]>(
  ['text_delta', 'text'],
  ['input_json_delta', 'partial_json'],
)

/** What is read of an event, without where it stands. */
function read(event: string) {
  const bytes = Buffer.from(event)
  const { type, block, delta } = readEvent(bytes)
  const text = delta && JSON.parse(`"${bytes.toString('utf8', delta.text.start, delta.text.end)}"`)
  return { type, block, kind: delta?.kind, text }
}

test('a piece of text is read as the API writes it, and in any other form that says the same', () => {
  fc.assert(
    fc.property(
      kinds,
      fc.string({ unit: 'binary' }),
      fc.nat(1000),
      fc.nat(20),
      ([kind, member], text, index, blanks) => {
        const type = 'content_block_delta'
        const data = JSON.stringify({ type, index, delta: { type: kind, [member]: text } })
        const expected = { type, block: index, kind, text }
        const padded = `${data.slice(0, -1)}${' '.repeat(blanks)}}`
        expect(read(`event: ${type}\ndata: ${data}\n\n`)).toEqual(expected)
        expect(read(`event: ${type}\ndata: ${padded}\n\n`)).toEqual(expected)
        expect(read(`event: ${type}\r\ndata: ${padded}\r\n\r\n`)).toEqual(expected)
        expect(
          read(`data:${JSON.stringify({ index, delta: { [member]: text, type: kind }, type })}\n\n`),
        ).toEqual(expected)
      },
    ),
  )
})

test.each([
  [
    'another text behind it',
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a","text":"b"}}',
  ],
  [
    'another delta behind it',
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"},"delta":{"type":"text_delta","text":"b"}}',
  ],
])('what counts is read where there is %s', (_, data) => {
  expect(read(`event: content_block_delta\ndata: ${data}\n\n`)).toMatchObject({ text: 'b' })
})

test.each(['"a', '"a\\', '"a"}', '"a"}} x'])(
  'an event that breaks off, or goes on, is of no known type: %s',
  (rest) => {
    const event = `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":${rest}\n\n`
    expect(read(event)).toEqual({ type: 'unknown', block: undefined, kind: undefined, text: undefined })
  },
)
