import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splice } from '../../../src/json/splice.ts'
import { USUAL_DETECTORS } from '../../../src/policies/detect/detectors.ts'
import { patternDetector } from '../../../src/policies/detect/pattern-detector.ts'
import type { Masking } from '../../../src/policies/mask/masking.ts'
import { createMasking } from '../../../src/policies/mask/masking.ts'
import { createRestoring } from '../../../src/policies/mask/restoring.ts'
import { crowded, sprinkled, VALUES } from '../../support/masked-texts.ts'

const KEY = '-----BEGIN PRIVATE KEY-----\nMIIE"\\é\n-----END PRIVATE KEY-----'
const MAP = new Map([
  ['<EMAIL_1234abcd>', 'anna@firma.de'],
  ['<PRIVATE_KEY_00112233>', KEY],
])

type Kind = 'text' | 'input' | 'thinking'

const START = sse({ type: 'message_start', message: { id: 'msg_1', content: [] } })
const PING = 'event: ping\ndata: {"type": "ping"}\n\n'

function sse(data: { readonly type: string; readonly [name: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
}

function delta(kind: Kind, text: string, index = 0): string {
  const parts = {
    text: { type: 'text_delta', text },
    input: { type: 'input_json_delta', partial_json: text },
    thinking: { type: 'thinking_delta', thinking: text },
  }
  return sse({ type: 'content_block_delta', index, delta: parts[kind] })
}

function stop(index = 0): string {
  return sse({ type: 'content_block_stop', index })
}

/** All that comes out, the bytes given in pieces that end at these offsets. */
function restored(
  stream: string | Buffer,
  values: ReadonlyMap<string, string> = MAP,
  cuts: readonly number[] = [],
): string {
  const bytes = Buffer.from(stream)
  const transform = createRestoring(values)
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((left, right) => left - right)
  const pieces = [...ends, bytes.length].map((end, index) =>
    transform.push(bytes.subarray(ends[index - 1] ?? 0, end)),
  )
  return Buffer.concat([...pieces, transform.end()]).toString()
}

/** The text of a block as a client puts it together. */
function textOf(stream: string, index = 0): string {
  return stream
    .split(/(?:\r?\n){2}/)
    .map((event) => /^data: ?([^\r\n]*)/m.exec(event)?.[1])
    .filter((data) => data !== undefined)
    .map((data) => JSON.parse(data))
    .filter((event) => event.type === 'content_block_delta' && event.index === index)
    .map(({ delta: { text, partial_json, thinking } }) => text ?? partial_json ?? thinking)
    .join('')
}

describe('in a text', () => {
  test.each([
    ['as it was given', 'to <EMAIL_1234abcd>.', 'to anna@firma.de.'],
    ['twice', '<EMAIL_1234abcd><EMAIL_1234abcd>', 'anna@firma.deanna@firma.de'],
    ['a key with line ends', '<PRIVATE_KEY_00112233>\n', `${KEY}\n`],
    ['in other letter case', '<Email_1234ABCD>', 'anna@firma.de'],
    ['with blanks', '< EMAIL_1234abcd >', 'anna@firma.de'],
    ['escaped as in Markdown', String.raw`\<EMAIL\_1234abcd\>`, 'anna@firma.de'],
    ['escaped as in JSON', String.raw`{"a":"\u003cEMAIL_1234abcd\u003E"}`, '{"a":"anna@firma.de"}'],
    ['escaped as in HTML', '&lt;EMAIL_1234abcd&gt;', 'anna@firma.de'],
    ['behind a backslash of its own', String.raw`D:\<EMAIL_1234abcd>`, String.raw`D:\anna@firma.de`],
    ['with a noun of two words, escaped', String.raw`\<PRIVATE\_KEY\_00112233\>`, KEY],
  ])('%s', (_, text, expected) => {
    expect(textOf(restored(delta('text', text) + stop()))).toBe(expected)
    const letters = [...text].map((letter) => delta('text', letter)).join('')
    expect(textOf(restored(letters + stop()))).toBe(expected)
  })

  test.each([
    '<EMAIL_12345678>',
    '<PHONE_1234abcd>',
    '<PRIVATE_KEY_1234abcd>',
    'EMAIL_1234abcd',
    '<EMAIL_1234abc>',
    '<EMAIL_1234abcd0>',
    '<EMAIL 1234abcd>',
    'a <b> && c << d \\',
  ])('nothing else: %s', (text) => {
    const stream = START + delta('text', text) + stop()
    expect(restored(stream)).toBe(/[<\\&]$/.test(text) ? restored(stream) : stream)
    expect(textOf(restored(stream))).toBe(text)
  })
})

test('the longest noun comes back letter by letter, whatever is escaped in it', () => {
  const { noun } = patternDetector(`${'a-'.repeat(15)}ab`, 'x', 1)
  const values = new Map([[`<${noun}_1234abcd>`, 'x']])
  const slashes = '\\'.repeat(4)
  const spelt = `${slashes}u003c  ${noun.replaceAll('_', `${slashes}_`)}  ${slashes}_  1234ABCD  ${slashes}u003e`
  const letters = [...spelt].map((letter) => delta('text', letter)).join('')
  expect(textOf(restored(letters + stop(), values))).toBe('x')
})

describe('in the input of a tool', () => {
  const input = (text: string) => JSON.parse(textOf(restored(delta('input', text) + stop())))

  test.each([
    ['a key is escaped twice', '{"a":"<PRIVATE_KEY_00112233>"}', { a: KEY }],
    ['escaped as JSON allows', String.raw`{"a":"\u003cPRIVATE_KEY_00112233\u003e"}`, { a: KEY }],
    ['behind a line end', String.raw`{"a":"\n<EMAIL_1234abcd>\n"}`, { a: '\nanna@firma.de\n' }],
    ['behind a backslash', String.raw`{"a":"\\<EMAIL_1234abcd>"}`, { a: '\\anna@firma.de' }],
    ['in a name', '{"<EMAIL_1234abcd>":1}', { 'anna@firma.de': 1 }],
    ['escaped as in Markdown', String.raw`{"a":"\\<EMAIL\\_1234abcd\\>"}`, { a: 'anna@firma.de' }],
  ])('%s', (_, text, expected) => {
    expect(input(text)).toEqual(expected)
  })
})

test('thinking, its signature and texts in other events pass as they came', () => {
  const signature = {
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'signature_delta', signature: '<EMAIL_1234abcd>' },
  }
  const stream =
    START +
    delta('thinking', 'to <EMAIL_1234abcd>') +
    sse(signature) +
    stop() +
    sse({ type: '<EMAIL_1234abcd>' })
  expect(restored(stream)).toBe(stream)
})

describe('what waits', () => {
  const push = (...events: readonly string[]) => {
    const transform = createRestoring(MAP)
    return events.map((event) => transform.push(Buffer.from(event)).toString())
  }

  test('is the end of a text that can be the beginning of a placeholder, and no more', () => {
    expect(push(delta('text', 'a < b <EMA'), delta('text', 'IL_12'))).toEqual([delta('text', 'a < b '), ''])
  })

  test('goes out with the text that follows', () => {
    expect(push(delta('text', 'a <EMA'), delta('text', 'LE> b'))[1]).toBe(delta('text', '<EMALE> b'))
  })

  test.each([
    ['the end of the block', stop()],
    ['another block', delta('text', 'x', 1)],
    ['an error', sse({ type: 'error' })],
  ])('goes out before %s, in an event of its own', (_, next) => {
    expect(push(delta('text', 'a <EMA'), next)[1]).toBe(delta('text', '<EMA') + next)
  })

  test('goes out at the end of an answer that breaks off', () => {
    expect(restored(`${delta('text', 'a <EMA')}event: content_bl`)).toBe(
      `${delta('text', 'a ')}${delta('text', '<EMA')}event: content_bl`,
    )
  })

  test('lets pings and comments pass at once', () => {
    const events = [delta('text', 'a <EMA'), PING, ': hello\n\n', delta('text', 'IL_1234abcd>')]
    expect(push(...events)).toEqual([
      delta('text', 'a '),
      PING,
      ': hello\n\n',
      delta('text', 'anna@firma.de'),
    ])
  })

  test('is never longer than a placeholder', () => {
    const parts = ['<', '< ', '\\', '<EMAIL_', '&lt;', 'a', '1234', ' ', '\\u003cEMAIL', '_', '1234abcd', '>']
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 40 }), (texts) => {
        const sent = texts.join('')
        const out = textOf(push(...texts.map((text) => delta('text', text))).join(''))
        expect(sent.length - out.length).toBeLessThanOrEqual(80)
      }),
      { numRuns: 500 },
    )
  })
})

test.each([
  ['CRLF', '\r\n'],
  ['CR', '\r'],
])('lines that end in %s', (_, lineEnd) => {
  const stream = (
    START +
    delta('text', 'to <EMAIL_') +
    PING +
    delta('text', '1234abcd>!') +
    stop()
  ).replaceAll('\n', lineEnd)
  const expected = (
    START +
    delta('text', 'to ') +
    PING +
    delta('text', 'anna@firma.de!') +
    stop()
  ).replaceAll('\n', lineEnd)
  for (let cut = 0; cut < stream.length; cut += 1) expect(restored(stream, MAP, [cut])).toBe(expected)
})

test('an event that is longer than the limit passes as it came', () => {
  const long = delta('text', 'x'.repeat(17 * 1024 ** 2))
  const stream = `${long}${delta('text', '<EMAIL_1234abcd>')}`
  const transform = createRestoring(MAP)
  const out: Buffer[] = []
  for (let at = 0; at < stream.length; at += 2 ** 20)
    out.push(transform.push(Buffer.from(stream.slice(at, at + 2 ** 20))))
  expect(
    Buffer.concat([...out, transform.end()]).equals(Buffer.from(`${long}${delta('text', 'anna@firma.de')}`)),
  ).toBe(true)
})

describe('an answer that is one JSON object', () => {
  const message = (mail: string, key: string) =>
    JSON.stringify({
      id: '<EMAIL_1234abcd>',
      content: [
        { type: 'thinking', thinking: '<EMAIL_1234abcd>', signature: '<EMAIL_1234abcd>' },
        { type: 'text', text: `to ${mail} / é` },
        { type: 'tool_use', id: 'x', name: 'Write', input: { key, more: [mail] } },
      ],
    })

  test('is restored in its texts and inputs', () => {
    const body = message('<EMAIL_1234abcd>', '<PRIVATE_KEY_00112233>')
    const expected = message('anna@firma.de', KEY)
    for (let cut = 0; cut < body.length; cut += 7) expect(restored(body, MAP, [cut, cut + 3])).toBe(expected)
    expect(restored(` \n${body}\n`)).toBe(` \n${expected}\n`)
  })

  test.each([
    '{"error":"<EMAIL_1234abcd>"}',
    '{"content":[{"type":"text","text":"<EMAIL_1234abcd>',
    '{',
    ' ',
    '<html>',
  ])('is left as it is, if it is none: %s', (body) => {
    expect(restored(body, MAP, [1])).toBe(body)
  })
})

test('without a value nothing is held and nothing changed', () => {
  const transform = createRestoring(new Map())
  expect(transform.push(Buffer.from('{"a')).toString()).toBe('{"a')
})

describe('masked, repeated by a model, restored', () => {
  const usual: Masking = createMasking(
    USUAL_DETECTORS.map((detector) => ({ detector, action: 'mask' as const })),
    { key: Buffer.alloc(32, 3) },
  )

  /** What a model that repeats a text sees of it. */
  const seen = (text: string, mask = usual) => {
    const body = Buffer.from(JSON.stringify({ messages: [{ content: text }] }))
    const { edits, values } = mask(body, 'session')
    return {
      values,
      text: JSON.parse(Buffer.concat(splice([body], edits)).toString()).messages[0].content as string,
    }
  }

  test('one that a user typed means a value only if the request holds that value', () => {
    const [placeholder = ''] = seen('anna@firma.de').values.keys()
    const stream = delta('text', placeholder)
    expect(restored(stream, seen(`${placeholder} bob@firma.de`).values)).toBe(stream)
    expect(textOf(restored(stream, seen(`${placeholder} anna@firma.de`).values))).toBe('anna@firma.de')
  })

  const cuts = fc.array(fc.nat({ max: 10_000 }), { maxLength: 6 })

  test('is what it was: 10,000 requests and streams, cut anywhere', () => {
    fc.assert(
      fc.property(
        fc.oneof(sprinkled, crowded),
        cuts,
        cuts,
        fc.boolean(),
        ({ text }, textCuts, streamCuts, isInput) => {
          const { values, text: masked } = seen(text)
          const spoken = isInput ? JSON.stringify({ a: masked }) : masked
          const stream = START + deltas(isInput ? 'input' : 'text', spoken, textCuts) + stop()
          const answer = textOf(restored(stream, values, streamCuts))
          expect(isInput ? JSON.parse(answer).a : answer).toBe(text)
        },
      ),
      { numRuns: 10_000 },
    )
  }, 120_000)

  test('is so too where patterns of the user’s are masked', () => {
    const own = () =>
      createMasking(
        [
          patternDetector('w', '([a-z]|é){2,}', 20),
          patternDetector('w-2', '[A-Z@.\\d]+', 5),
          patternDetector('any', '[\\\\<>].', 2),
        ].map((detector) => ({ detector, action: 'mask' as const })),
        { key: Buffer.alloc(32, 7) },
      )
    fc.assert(
      fc.property(crowded, cuts, cuts, fc.boolean(), ({ text }, textCuts, streamCuts, isInput) => {
        const { values, text: masked } = seen(text, own())
        const spoken = isInput ? JSON.stringify({ a: masked }) : masked
        const stream = START + deltas(isInput ? 'input' : 'text', spoken, textCuts) + stop()
        const answer = textOf(restored(stream, values, streamCuts))
        expect(isInput ? JSON.parse(answer).a : answer).toBe(text)
      }),
      { numRuns: 3000 },
    )
  }, 60_000)

  test('is, without a placeholder in it, the same byte for byte but for where events end', () => {
    fc.assert(
      fc.property(sprinkled, cuts, cuts, ({ text }, textCuts, streamCuts) => {
        const stream = START + deltas('text', text, textCuts) + stop()
        const answer = restored(stream, MAP, streamCuts)
        expect(textOf(answer)).toBe(textOf(stream))
        if (!/[<\\&]/.test(text)) expect(answer).toBe(stream)
      }),
      { numRuns: 2000 },
    )
  }, 60_000)

  function deltas(kind: Kind, text: string, at: readonly number[]): string {
    const letters = [...text]
    const ends = [...new Set(at.map((cut) => cut % (letters.length + 1)))].sort((left, right) => left - right)
    return [...ends, letters.length]
      .map(
        (end, index) =>
          delta(kind, letters.slice(ends[index - 1] ?? 0, end).join('')) + (index === 1 ? PING : ''),
      )
      .join('')
  }
})

test('every kind of value comes back from the input of a tool', () => {
  const values = new Map(VALUES.map((value, index) => [`<KIND_OF_0000000${index}>`, value]))
  const input = JSON.stringify({ all: [...values.keys()] })
  const letters = [...input].map((letter) => delta('input', letter)).join('')
  expect(JSON.parse(textOf(restored(letters + stop(), values)))).toEqual({ all: VALUES })
})
