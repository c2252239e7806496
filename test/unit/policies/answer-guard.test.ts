import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PolicyDecision } from '../../../src/exchange/exchange.ts'
import { AnswerCounts } from '../../../src/policies/answer/answer-counts.ts'
import { createAnswerGuard } from '../../../src/policies/answer/answer-guard.ts'
import type { AnswerAction, AnswerRule } from '../../../src/policies/answer/answer-rule.ts'
import { createAnswerSearch } from '../../../src/policies/answer/answer-search.ts'
import { EventGuard } from '../../../src/policies/answer/event-guard.ts'
import { USUAL_DETECTORS } from '../../../src/policies/detect/detectors.ts'
import { createFinder } from '../../../src/policies/detect/find.ts'
import type { Block } from '../../support/answer-streams.ts'
import {
  answerStream,
  answerText,
  blockStart,
  blockStop,
  blocksOf,
  cuts,
  harmlessText,
  inPieces,
  inputDelta,
  MESSAGE_START,
  MESSAGE_STOP,
  messageDelta,
  PING,
  readStream,
  sse,
  textDelta,
  toolUse,
} from '../../support/answer-streams.ts'

const MAIL = 'anna.schmidt@firma.de'
const find = createFinder(USUAL_DETECTORS)

interface Guarded {
  readonly bytes: Buffer
  readonly text: string
  readonly policy: readonly PolicyDecision[]
}

function all(action: AnswerAction): AnswerRule[] {
  return USUAL_DETECTORS.map((detector) => ({ detector, action }))
}

function guardOf(rules: readonly AnswerRule[] | AnswerAction, maxMatchBytes = 256) {
  const list = typeof rules === 'string' ? all(rules) : rules
  return createAnswerGuard(createAnswerSearch(list, maxMatchBytes))
}

/** All that comes out, and what is told of it, when the bytes come in pieces that end at these offsets. */
function guarded(
  rules: readonly AnswerRule[] | AnswerAction,
  stream: string | Buffer,
  at: readonly number[] = [],
): Guarded {
  const guard = guardOf(rules)
  const pieces = inPieces(Buffer.from(stream), at).map((piece) => Buffer.from(guard.push(piece)))
  const bytes = Buffer.concat([...pieces, guard.end()])
  return { bytes, text: bytes.toString(), policy: guard.decisions?.() ?? [] }
}

/** What comes out after each event. */
function steps(rules: readonly AnswerRule[] | AnswerAction, ...events: readonly string[]): string[] {
  const guard = guardOf(rules)
  return [...events.map((event) => guard.push(Buffer.from(event)).toString()), guard.end().toString()]
}

function maskedText(text: string): string {
  let at = 0
  let out = ''
  for (const { start, end, detector } of find(text)) {
    out += `${text.slice(at, start)}[${detector.noun}]`
    at = end
  }
  return out + text.slice(at)
}

/** Each string in it, changed. */
function mapped(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapped(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapped(member, change)]))
}

function maskedBlock(block: Block): Block {
  if (block.type === 'text') return { ...block, text: maskedText(block.text) }
  if (block.type === 'tool_use') return { ...block, input: mapped(block.input, maskedText) as object }
  return { ...block, signature: '' } as Block
}

/** How often something is found in what is looked at. */
function findings(blocks: readonly Block[]): number {
  let count = 0
  const look = (text: string) => {
    count += find(text).length
    return text
  }
  for (const block of blocks)
    if (block.type !== 'thinking') mapped(block.type === 'text' ? block.text : block.input, look)
  return count
}

/** The blocks up to the first value, and the sentence that stands in its place. */
function deniedBlocks(blocks: readonly Block[]): (Block | 'withheld')[] {
  const first = blocks.findIndex((block) => findings([block]) > 0)
  if (first === -1) return blocks.map(maskedBlock)
  const denied = blocks[first]
  const text = denied?.type === 'text' ? denied.text.slice(0, find(denied.text)[0]?.start) : ''
  const said: Block[] = text.trim() === '' ? [] : [{ type: 'text', text }]
  return [...blocks.slice(0, first).map(maskedBlock), ...said, 'withheld']
}

describe('10,000 answers, cut anywhere', () => {
  const answers = { blocks: blocksOf(answerText), textCuts: cuts, byteCuts: cuts }

  test('without a value pass byte for byte, whatever the rules', () => {
    fc.assert(
      fc.property(
        blocksOf(harmlessText),
        cuts,
        cuts,
        fc.constantFrom<AnswerAction>('flag', 'mask', 'deny'),
        (blocks, textCuts, byteCuts, action) => {
          const stream = answerStream(blocks, [...textCuts, 200, 400, 600, 800])
          expect(guarded(action, stream, byteCuts)).toMatchObject({ text: stream, policy: [] })
        },
      ),
      { numRuns: 10_000 },
    )
  }, 240_000)

  test('`flag` changes no byte and counts each value', () => {
    fc.assert(
      fc.property(answers.blocks, cuts, cuts, (blocks, textCuts, byteCuts) => {
        const stream = answerStream(blocks, textCuts)
        const { text, policy } = guarded('flag', stream, byteCuts)
        expect(text).toBe(stream)
        expect(policy.reduce((sum, { count }) => sum + count, 0)).toBe(findings(blocks))
      }),
      { numRuns: 2000 },
    )
  }, 240_000)

  test('`mask` gives what masking the whole texts would give', () => {
    fc.assert(
      fc.property(answers.blocks, cuts, cuts, (blocks, textCuts, byteCuts) => {
        const { text } = guarded('mask', answerStream(blocks, textCuts), byteCuts)
        expect(readStream(text).blocks).toEqual(blocks.map(maskedBlock))
      }),
      { numRuns: 10_000 },
    )
  }, 240_000)

  test('`deny` lets out what stands before a value, no byte of it, and ends the message', () => {
    fc.assert(
      fc.property(answers.blocks, cuts, cuts, (blocks, textCuts, byteCuts) => {
        const { text, policy } = guarded('deny', answerStream(blocks, textCuts), byteCuts)
        const { blocks: seen, stopReason } = readStream(text)
        const expected = deniedBlocks(blocks)
        const isDenied = expected.includes('withheld')
        expect(policy).toHaveLength(isDenied ? 1 : 0)
        if (!isDenied) {
          expect(seen).toEqual(expected)
          return
        }
        expect(stopReason).toBe('end_turn')
        const last = seen.at(-1)
        const said = last?.type === 'text' ? last.text : ''
        expect(said.slice(said.indexOf('claude-gw'))).toMatch(/^claude-gw withheld .* answer\.[a-z-]+ /)
        expect(seen.slice(0, -1)).toEqual(expected.slice(0, -1))
        expect(said.slice(0, said.indexOf('claude-gw')).trim()).toBe('')
      }),
      { numRuns: 10_000 },
    )
  }, 240_000)
})

describe('what waits', () => {
  test('is the last word, as long as it can be a part of a value', () => {
    const [start, first, second, stop] = steps(
      'mask',
      MESSAGE_START,
      textDelta(0, 'write to '),
      textDelta(0, 'anna'),
      textDelta(0, ' or bob'),
    )
    expect([start, first, second, stop]).toEqual([
      MESSAGE_START,
      textDelta(0, 'write to '),
      '',
      textDelta(0, 'anna'),
    ])
  })

  test('goes out when the block ends, in the event in which it came', () => {
    const delta = textDelta(0, 'write to anna')
    expect(steps('deny', delta, blockStop(0)).slice(0, 2)).toEqual(['', delta + blockStop(0)])
  })

  test('is never more than the longest value that is waited for', () => {
    fc.assert(
      fc.property(fc.array(answerText, { maxLength: 12 }), (texts) => {
        const guard = guardOf(
          all('flag')
            .slice(0, 1)
            .map((rule) => ({ ...rule, action: 'mask' })),
          128,
        )
        let sent = ''
        let seen = ''
        for (const text of texts) {
          sent += text
          const out = guard.push(Buffer.from(textDelta(0, text))).toString()
          for (const [, data = ''] of out.matchAll(/^data: ([^\r\n]*)/gm)) seen += JSON.parse(data).delta.text
          if (!seen.includes('['))
            expect(Buffer.byteLength(sent) - Buffer.byteLength(seen)).toBeLessThanOrEqual(128)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('lets pings and comments pass at once, and thinking as it came', () => {
    const thinking = sse({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'thinking_delta', thinking: MAIL },
    })
    expect(steps('deny', thinking, textDelta(1, 'anna'), PING, ': hello\n\n').slice(0, 4)).toEqual([
      thinking,
      '',
      PING,
      ': hello\n\n',
    ])
  })

  test('is the call of a tool until it is whole', () => {
    const events = [blockStart(0, toolUse({})), inputDelta(0, ''), inputDelta(0, '{"a":"b"}'), blockStop(0)]
    expect(steps('mask', ...events).slice(0, 4)).toEqual(['', '', '', events.join('')])
  })

  test('sends pings meanwhile, so that the client goes on waiting', () => {
    let nowMs = 0
    const guard = new EventGuard(createAnswerSearch(all('deny'), 256), new AnswerCounts(), () => nowMs)
    const events = [MESSAGE_START, blockStart(0, toolUse({})), ...Array(30).fill(inputDelta(0, ''))]
    const seen = events.map((event) => {
      nowMs += 1000
      return guard.push(Buffer.from(event)).toString()
    })
    expect(seen.filter((out) => out !== '')).toEqual([
      MESSAGE_START,
      'event: ping\ndata: {"type":"ping"}\n\n',
      'event: ping\ndata: {"type":"ping"}\n\n',
    ])
  })

  test.each(['mask', 'deny'] as const)('goes out at the end of an answer that breaks off: %s', (action) => {
    const stream = `${MESSAGE_START}${textDelta(0, 'to anna')}event: content_bl`
    expect(guarded(action, stream).text).toBe(stream)
  })
})

describe('`deny`', () => {
  const withheld = /claude-gw withheld the rest of this answer, because its rule answer\.email found/

  test('ends the text before the value, and says why in a block of its own', () => {
    const { text, policy } = guarded(
      'deny',
      answerStream([{ type: 'text', text: `Write to ${MAIL} now` }, toolUse({})]),
    )
    const { blocks, stopReason } = readStream(text)
    expect(blocks).toEqual([
      { type: 'text', text: 'Write to ' },
      { type: 'text', text: expect.stringMatching(withheld) },
    ])
    expect(stopReason).toBe('end_turn')
    expect(text).toContain('"usage":{"output_tokens":40}')
    expect(policy).toEqual([{ rule: 'answer.email', action: 'deny', count: 1 }])
  })

  test('leaves no empty text behind', () => {
    const { text } = guarded('deny', answerStream([{ type: 'text', text: MAIL }]))
    expect(readStream(text).blocks).toEqual([{ type: 'text', text: expect.stringMatching(withheld) }])
  })

  test('lets nothing of the call of a tool through, but the calls before it', () => {
    const blocks = [toolUse({ a: 'b' }), toolUse({ a: 'c', to: [MAIL] })]
    const { text } = guarded('deny', answerStream(blocks), [400])
    expect(readStream(text).blocks).toEqual([
      blocks[0],
      { type: 'text', text: expect.stringMatching(withheld) },
    ])
  })

  test.each([
    ['before its end', ''],
    ['with an error', sse({ type: 'error', error: { type: 'overloaded_error', message: 'no' } })],
    ['behind its end', messageDelta('tool_use')],
  ])('ends the message when the upstream breaks off %s', (_, rest) => {
    const { text } = guarded(
      'deny',
      MESSAGE_START + blockStart(0, { type: 'text', text: '' }) + textDelta(0, `${MAIL} `) + rest,
    )
    expect(readStream(text).stopReason).toBe('end_turn')
    expect(text).not.toContain('overloaded')
  })

  test('finds a value that is escaped in the input of a tool', () => {
    const spelled = '{"to":"anna.schmidt\\u0040firma.de"}'
    const stream = MESSAGE_START + blockStart(0, toolUse({})) + inputDelta(0, spelled) + blockStop(0)
    expect(guarded('deny', stream).text).toMatch(withheld)
  })

  test.each([
    ['an input that is no JSON', blockStart(0, toolUse({})) + inputDelta(0, `{"to":"${MAIL}`) + blockStop(0)],
    ['the beginning of a call', blockStart(0, toolUse({ to: MAIL })) + blockStop(0)],
    ['the beginning of a text', blockStart(0, { type: 'text', text: MAIL }) + blockStop(0)],
    [
      'an event on two lines',
      `data: {"type":"content_block_delta","index":0,\ndata: "delta":{"type":"text_delta","text":"${MAIL}"}}\n\n`,
    ],
    [
      'what is cited',
      sse({
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'citations_delta', citation: { cited_text: MAIL } },
      }),
    ],
  ])('finds it in %s', (_, events) => {
    const { text } = guarded('deny', MESSAGE_START + events)
    expect(text).toMatch(withheld)
    expect(text).not.toContain('firma')
  })
})

describe('`mask`', () => {
  test('in a rewritten call escapes as the input did', () => {
    const input = { to: `"${MAIL}"\n\\`, count: 1 }
    const { text } = guarded('mask', answerStream([toolUse(input)], [5, 9, 20]))
    expect(readStream(text).blocks).toEqual([toolUse({ to: '"[EMAIL]"\n\\', count: 1 })])
  })

  test('of a value that is longer than what waits swallows the rest of it', () => {
    const token = `eyJhbGciOiJIUzI1NiJ9.${'eyJzdWIiOiIxMjM0In0'.repeat(100)}`
    const pieces = [...token].map((letter) => textDelta(0, letter)).join('')
    // What is cut off is treated as one, once its beginning was known for one.
    const { text } = guarded('mask', MESSAGE_START + pieces)
    expect(text.match(/"text":"[^"]*"/g)?.join('')).toBe('"text":"[JWT]"')
  })

  test('says in the order of events what was done', () => {
    const rules = all('mask').map((rule) =>
      rule.detector.name === 'email' ? { ...rule, action: 'flag' as const } : rule,
    )
    const { text, policy } = guarded(
      rules,
      answerStream([{ type: 'text', text: `${MAIL} and 536-90-4399, ${MAIL}` }]),
    )
    expect(readStream(text).blocks).toEqual([{ type: 'text', text: `${MAIL} and [SSN], ${MAIL}` }])
    expect(policy).toEqual([
      { rule: 'answer.us-ssn', action: 'mask', count: 1 },
      { rule: 'answer.email', action: 'flag', count: 2 },
    ])
  })
})

describe('an answer that is one JSON object', () => {
  const message = (text: string, input: object) =>
    JSON.stringify({
      type: 'message',
      content: [
        { type: 'thinking', thinking: MAIL, signature: MAIL },
        { type: 'text', text: `to ${text} / é` },
        { type: 'tool_use', id: 'x', name: 'Write', input },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: { output_tokens: 3 },
    })
  const harmless = message('Anna', { a: 'b' })

  test.each(['flag', 'mask', 'deny'] as const)('without a value passes as it came: %s', (action) => {
    for (let cut = 0; cut < harmless.length; cut += 7)
      expect(guarded(action, ` \n${harmless}\n`, [cut]).text).toBe(` \n${harmless}\n`)
  })

  test('is masked in its texts and inputs', () => {
    const { text, policy } = guarded('mask', message(MAIL, { key: `"${MAIL}"` }), [30])
    expect(text).toBe(message('[EMAIL]', { key: '"[EMAIL]"' }))
    expect(policy).toEqual([{ rule: 'answer.email', action: 'mask', count: 2 }])
  })

  test('passes at once where values are only counted', () => {
    const body = message(MAIL, {})
    expect(steps('flag', body)).toEqual([body, ''])
    expect(guarded('flag', body).policy).toEqual([{ rule: 'answer.email', action: 'flag', count: 1 }])
  })

  test('is withheld from the block on that holds a value', () => {
    const denied = JSON.parse(guarded('deny', message('Anna', { key: MAIL })).text)
    expect(denied).toMatchObject({
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { output_tokens: 3 },
    })
    expect(denied.content.map(({ type }: { type: string }) => type)).toEqual(['thinking', 'text', 'text'])
    expect(denied.content[2].text).toContain('answer.email')
    expect(JSON.stringify(denied.content.slice(1))).not.toContain('firma')
  })
})

describe('a fault in a rule', () => {
  const broken = {
    ...{ name: 'broken', noun: 'BROKEN', anchors: ['boom'] },
    find: () => {
      throw new Error('a fault of its own')
    },
  }
  const stream = answerStream(
    [{ type: 'text', text: 'all is well, boom, and more' }, toolUse({ a: 'b' })],
    [5, 30],
  )

  test('where rules only count lets the rest pass as it is', () => {
    const { text, policy } = guarded([{ detector: broken, action: 'flag' }], stream, [500])
    expect(text).toBe(stream)
    expect(policy).toEqual([{ rule: 'answer.unreadable', action: 'flag', count: 1 }])
  })

  test.each(['mask', 'deny'] as const)('withholds the rest where they `%s`', (action) => {
    const { text, policy } = guarded([{ detector: broken, action }], stream, [500])
    const { blocks, stopReason } = readStream(text)
    expect(blocks.at(-1)).toMatchObject({ text: expect.stringContaining('could not be looked through') })
    expect(text).not.toMatch(/boom|"tool_use"/)
    expect(stopReason).toBe('end_turn')
    expect(policy).toEqual([{ rule: 'answer.unreadable', action: 'deny', count: 1 }])
  })

  test.each([
    ['flag', 'boom'],
    ['deny', 'could not be looked through'],
  ] as const)('in an answer that is one JSON object: %s', (action, expected) => {
    const body = JSON.stringify({ type: 'message', content: [{ type: 'text', text: 'boom' }] })
    expect(guarded([{ detector: broken, action }], body).text).toContain(expected)
  })
})

test('an event that is too long to be looked into is not passed on, unless rules only count', () => {
  const long = textDelta(0, 'x'.repeat(18 * 1024 ** 2))
  const stream =
    MESSAGE_START +
    blockStart(0, { type: 'text', text: '' }) +
    long +
    blockStop(0) +
    messageDelta('end_turn') +
    MESSAGE_STOP
  const at = Array.from({ length: 18 }, (_, index) => index * 1024 ** 2)
  const { bytes, policy } = guarded('flag', stream, at)
  expect(bytes.equals(Buffer.from(stream))).toBe(true)
  expect(policy).toEqual([{ rule: 'answer.unreadable', action: 'flag', count: 1 }])
  expect(readStream(guarded('deny', stream, at).text).blocks).toEqual([
    { type: 'text', text: expect.stringContaining('could not be looked through') },
  ])
}, 30_000)
