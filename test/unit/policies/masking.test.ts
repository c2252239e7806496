import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splice } from '../../../src/json/splice.ts'
import type { TextDetector } from '../../../src/policies/detect/detector.ts'
import { DETECTORS, USUAL_DETECTORS } from '../../../src/policies/detect/detectors.ts'
import type { MaskAction, Masking, MaskingOptions, MaskRule } from '../../../src/policies/mask/masking.ts'
import { createMasking } from '../../../src/policies/mask/masking.ts'
import type { Scan } from '../../../src/policies/mask/scan.ts'
import { ScanMemory } from '../../../src/policies/scan-memory.ts'
import { conversation, sprinkled } from '../../support/masked-texts.ts'

const KEY = Buffer.alloc(32, 7)
const MAIL = 'anna@firma.de'
const CARD = '4111 1111 1111 1111'

function masking(action: MaskAction = 'mask', options: Partial<MaskingOptions> = {}): Masking {
  return createMasking(rules(action), { key: KEY, ...options })
}

function rules(action: MaskAction): MaskRule[] {
  return USUAL_DETECTORS.map((detector) => ({ detector, action }))
}

function masked(body: Buffer, mask = masking()): Buffer {
  return Buffer.concat(splice([body], mask(body, 'session').edits))
}

/** What is made of a request, as an object. */
function sent(request: unknown, mask = masking()): unknown {
  return JSON.parse(masked(Buffer.from(JSON.stringify(request)), mask).toString())
}

function user(...content: unknown[]): unknown {
  return { model: 'm', messages: [{ role: 'user', content }] }
}

describe('the places of a request that are looked at', () => {
  const text = `to ${MAIL}`
  const changed = (request: unknown) => !JSON.stringify(sent(request)).includes(MAIL)

  test.each([
    ['a message that is a string', { messages: [{ role: 'user', content: text }] }],
    ['a text', user({ type: 'text', text })],
    ['a text whose type stands behind it', user({ text, type: 'text' })],
    ['the result of a tool, as a string', user({ type: 'tool_result', tool_use_id: 'x', content: text })],
    ['as blocks', user({ type: 'tool_result', content: [{ type: 'text', text }] })],
    ['the input of a tool', user({ type: 'tool_use', id: 'x', input: { a: [{ b: text }] } })],
    ['a name in it', user({ type: 'tool_use', id: 'x', input: { [text]: 1 } })],
    ['a document as text', user({ type: 'document', source: { type: 'text', media_type: 't', data: text } })],
    [
      'a document of blocks',
      user({ type: 'document', source: { type: 'content', content: [{ type: 'text', text }] } }),
    ],
    [
      'what was found by a search',
      user({ type: 'search_result', title: text, content: [{ type: 'text', text }] }),
    ],
    ['a passage that is cited', user({ type: 'text', text: '', citations: [{ cited_text: text }] })],
    ['system as a string', { system: text, messages: [] }],
    [
      'system as blocks',
      {
        system: [
          { type: 'text', text: 'a' },
          { type: 'text', text },
        ],
        messages: [],
      },
    ],
    ['messages under a name with an escape', undefined],
  ])('%s', (_, request) => {
    const raw = `{"mess\\u0061ges":[{"content":"${text}"}]}`
    if (request) expect(changed(request)).toBe(true)
    else expect(masked(Buffer.from(raw)).toString()).not.toContain(MAIL)
  })

  test.each([
    ['thinking and its signature', user({ type: 'thinking', thinking: text, signature: text })],
    ['thinking that is redacted', user({ type: 'redacted_thinking', data: text })],
    [
      'ids',
      user({ type: 'tool_use', id: text, name: text, input: {} }, { type: 'tool_result', tool_use_id: text }),
    ],
    ['a picture', user({ type: 'image', source: { type: 'base64', media_type: text, data: text } })],
    ['a document as bytes', user({ type: 'document', source: { type: 'base64', data: text } })],
    [
      'what the API found',
      user({ type: 'web_search_tool_result', content: [{ title: text, encrypted_content: text }] }),
    ],
    ['marks of the cache', user({ type: 'text', text: '', cache_control: { type: text } })],
    ['tools', { messages: [], tools: [{ name: text, description: text, input_schema: { a: text } }] }],
    ['metadata and the model', { model: text, messages: [], metadata: { user_id: text } }],
    [
      'the attribution',
      { system: [{ type: 'text', text: `x-anthropic-billing-header: ${text}` }], messages: [] },
    ],
  ])('not %s', (_, request) => {
    expect(sent(request)).toEqual(request)
  })
})

test('all bytes but those of the values stay the same, whatever the layout', () => {
  const body = Buffer.from(
    ` {\n"messages" : [ {"content":"\\u0041\\/ ${MAIL}\\t\u{1F600}\\ud83d\\ude00 ${CARD}" , "role":"user"}\t],"x":1e400 }\n`,
  )
  const expected = body.toString().replace(MAIL, '<EMAIL_1>').replace(CARD, '<CREDIT_CARD_1>')
  expect(
    masked(body)
      .toString()
      .replace(/_[\da-f]{8}>/g, '_1>'),
  ).toBe(expected)
})

test('a value is found whatever its letters are escaped as', () => {
  const mask = masking()
  const plain = masked(Buffer.from(`{"messages":[{"content":"${MAIL}"}]}`), mask)
  const escaped = masked(Buffer.from('{"messages":[{"content":"\\u0061nna\\u0040firma.d\\u0065"}]}'), mask)
  expect(escaped).toEqual(plain)
})

test('bytes that are no UTF-8 do no harm', () => {
  const body = Buffer.concat([
    Buffer.from('{"messages":[{"content":"\\n'),
    Buffer.from([0xff, 0xc3]),
    Buffer.from(` é ${MAIL}"}]}`),
  ])
  const result = masked(body)
  const start = result.indexOf('<')
  expect(result.includes(MAIL)).toBe(false)
  expect(result.subarray(0, start)).toEqual(body.subarray(0, start))
})

test.each(['', '[]', '{"messages":[{"content":"a', '{"messages":[]} x', '{"messages":[{"content":"\\x"}]}'])(
  'a body that is no JSON object throws: %s',
  (text) => {
    expect(() => masking()(Buffer.from(text), '')).toThrow(SyntaxError)
  },
)

describe('placeholders', () => {
  const request = user({ type: 'text', text: `${MAIL}, bob@firma.de, ${MAIL}` })
  const body = Buffer.from(JSON.stringify(request))

  test('are equal for equal values, and known to the answer', () => {
    const { values, counts } = masking()(body, '')
    expect([...values.values()]).toEqual([MAIL, 'bob@firma.de'])
    expect([...values.keys()].every((text) => /^<EMAIL_[\da-f]{8}>$/.test(text))).toBe(true)
    expect(counts).toEqual([{ rule: 'email', action: 'mask', count: 3 }])
  })

  test('depend on the key', () => {
    expect(masked(body, masking('mask', { key: Buffer.alloc(32, 8) }))).not.toEqual(masked(body))
  })

  test('that would be the same for two values are told apart, by their order, with what is in system first', () => {
    const digest = (value: string) => '0'.repeat(10) + Buffer.from(value).toString('hex').padEnd(54, '0')
    const both = { messages: [{ content: `${MAIL} bob@firma.de` }], system: 'bob@firma.de' }
    const { values } = masking('mask', { digest })(Buffer.from(JSON.stringify(both)), '')
    expect([...values]).toEqual([
      ['<EMAIL_00000000>', 'bob@firma.de'],
      ['<EMAIL_000000000061>', MAIL],
    ])
  })

  test('that stand in a text already stay, and mean nothing', () => {
    const typed = user({ type: 'text', text: '<EMAIL_12345678> <EMAIL_1234abcd>' })
    expect(sent(typed)).toEqual(typed)
    expect(masking()(Buffer.from(JSON.stringify(typed)), '').values.size).toBe(0)
  })
})

describe('actions', () => {
  const body = Buffer.from(JSON.stringify(user({ type: 'text', text: `${MAIL} ${CARD}` })))

  test('irreversible says the kind only, and gives the answer nothing', () => {
    expect(masked(body, masking('irreversible')).toString()).toContain('"[EMAIL] [CREDIT_CARD]"')
    expect(masking('irreversible')(body, '').values.size).toBe(0)
  })

  test.each(['flag', 'deny'] as const)('%s counts, and changes nothing', (action) => {
    const { edits, counts } = masking(action)(body, '')
    expect(edits).toEqual([])
    expect(counts.map(({ rule, count }) => [rule, count])).toEqual([
      ['email', 1],
      ['credit-card', 1],
    ])
  })

  test('what is flagged does not hide what is to be masked', () => {
    const all: TextDetector = {
      name: 'all',
      noun: 'ALL',
      findAll: (text) => [{ start: 0, end: text.length }],
    }
    const mask = createMasking([{ detector: all, action: 'flag' }, ...rules('mask')], { key: KEY })
    expect(masked(body, mask)).toEqual(masked(body))
    expect(mask(body, '').counts[0]).toEqual({ rule: 'all', action: 'flag', count: 1 })
  })

  test('counts never hold what was found', () => {
    const mask = createMasking(
      DETECTORS.map((detector) => ({ detector, action: 'flag' })),
      { key: KEY },
    )
    expect(JSON.stringify(mask(body, '').counts)).not.toContain('anna')
  })
})

describe('what is remembered of the last request', () => {
  test('changes no result, whatever the conversation does', () => {
    const mask = masking()
    fc.assert(
      fc.property(conversation, fc.array(fc.nat(), { maxLength: 4 }), (messages, cuts) => {
        for (const cut of cuts) {
          const part = messages.slice(0, 1 + (cut % messages.length))
          const body = Buffer.from(JSON.stringify({ model: 'm', messages: part, system: 'to a@b.de' }))
          expect(mask(body, 'session')).toEqual(masking()(body, 'session'))
        }
      }),
      { numRuns: 300 },
    )
  }, 60_000)

  test('is not looked through again', () => {
    let looked = 0
    const detector: TextDetector = {
      name: 'x',
      noun: 'X',
      findAll: (text) => {
        looked += text.length
        return []
      },
    }
    const mask = createMasking([{ detector, action: 'mask' }], { key: KEY })
    const long = 'a'.repeat(10_000)
    const first = { type: 'text', text: long, cache_control: { type: 'ephemeral' } }
    mask(Buffer.from(JSON.stringify({ messages: [{ content: [first] }], system: long })), 's')
    const { cache_control: _, ...later } = first
    const more = [{ content: [later] }, { content: 'new' }]
    mask(Buffer.from(JSON.stringify({ messages: more, system: long })), 's')
    expect(looked).toBe(20_003)
  })

  test('is bounded', () => {
    const memory = new ScanMemory<Scan>(1_000_000)
    const mask = masking('mask', { memory })
    for (let index = 0; index < 50; index += 1) {
      mask(
        Buffer.from(JSON.stringify(user({ type: 'text', text: `${MAIL} `.repeat(5000) }))),
        `session ${index}`,
      )
      expect(memory.bytes).toBeLessThanOrEqual(1_000_000)
    }
    mask(Buffer.alloc(2_000_000, ' ').fill('{"messages":[]}', 0, 15), 'too large')
    expect(memory.bytes).toBeLessThanOrEqual(1_000_000)
  })
})

test('the common beginning of two requests is as long as before, up to the values in it', () => {
  const mask = masking()
  fc.assert(
    fc.property(conversation, fc.nat(), (messages, at) => {
      const cut = 1 + (at % messages.length)
      const bodies = [messages.slice(0, cut), messages].map((part) =>
        Buffer.from(JSON.stringify({ messages: part })),
      )
      const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = bodies
      const edits = masking()(first, '').edits
      const common = commonLength(first, second)
      const inside = edits.filter(({ end }) => end <= common)
      const grown = inside.reduce((sum, { start, end, bytes }) => sum + bytes.length - (end - start), 0)
      expect(commonLength(masked(first, mask), masked(second, masking()))).toBeGreaterThanOrEqual(
        common + grown,
      )
    }),
    { numRuns: 300 },
  )
}, 60_000)

test('no value is left in any place that is looked at', () => {
  fc.assert(
    fc.property(sprinkled, ({ text, values }) => {
      const result = JSON.stringify(
        sent(user({ type: 'text', text }, { type: 'tool_use', input: { a: text } })),
      )
      expect(values.filter((value) => result.includes(JSON.stringify(value).slice(1, -1)))).toEqual([])
    }),
    { numRuns: 500 },
  )
}, 60_000)

function commonLength(left: Buffer, right: Buffer): number {
  let at = 0
  while (at < left.length && left[at] === right[at]) at += 1
  return at
}
