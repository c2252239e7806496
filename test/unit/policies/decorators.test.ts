import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDecorators } from '../../../src/config/decorator-parser.ts'
import { splice } from '../../../src/json/splice.ts'
import { decoratorsPolicy } from '../../../src/policies/decorators/decorators-policy.ts'
import { SessionValues } from '../../../src/policies/decorators/session-values.ts'
import type { Outcome, PolicyRequest } from '../../../src/policies/policy.ts'
import { commonBytes, sentOffsets } from '../../support/cached-prefix.ts'
import { conversation } from '../../support/masked-texts.ts'

const TEXT = 'Be "very" concise.\nSo {it} is.'
const OURS = { type: 'text', text: TEXT }
const ATTRIBUTION = { type: 'text', text: 'x-anthropic-billing-header: 1' }
const OPENING = { type: 'text', text: 'You are Claude Code', cache_control: { type: 'ephemeral' } }
const PROMPT = { type: 'text', text: 'You help …', cache_control: { type: 'ephemeral' } }
const PARTY = { profile: 'work', project: 'shop', user: 'anna' }

const noSession = new SessionValues({
  directory: '/nonexistent',
  now: () => ({ repository: 'r', branch: 'main', user: 'anna', date: '2026-11-20' }),
  onTrouble: () => {},
})

function outcomeFor(body: string, rules: object, request: Partial<PolicyRequest> = {}): Outcome {
  const policy = decoratorsPolicy({ rules: parseDecorators(rules), party: PARTY, values: noSession })
  const bytes = Buffer.from(body)
  const whole = { path: '/v1/messages', isEncoded: false, model: 'claude-opus-4-8', ...request, body: bytes }
  return policy.apply(whole) as Outcome
}

function decorated(body: string, rules: object, request?: Partial<PolicyRequest>): string {
  const { edits = [] } = outcomeFor(body, rules, request)
  return Buffer.concat(splice([Buffer.from(body)], edits)).toString()
}

function appended(body: string, text = TEXT): string {
  const policy = decoratorsPolicy({ systemText: text, rules: [], party: PARTY, values: noSession })
  const { edits = [] } = policy.apply({ path: '', isEncoded: false, body: Buffer.from(body) }) as Outcome
  return Buffer.concat(splice([Buffer.from(body)], edits)).toString()
}

describe('a text behind the system prompt', () => {
  test.each([
    ['blocks', [ATTRIBUTION, PROMPT], [ATTRIBUTION, PROMPT, OURS]],
    ['no block', [], [OURS]],
    ['a text', 'You are é', `You are é\n\n${TEXT}`],
    ['an empty text', '', TEXT],
  ])('stands behind %s', (_name, system, expected) => {
    const rest = { model: 'm', messages: [], metadata: { system: 'x' } }
    const sent = appended(JSON.stringify({ ...rest, system, stream: true }))
    expect(JSON.parse(sent)).toEqual({ ...rest, system: expected, stream: true })
  })

  test('stands alone where there is no system prompt', () => {
    expect(JSON.parse(appended('{"messages":[]} '))).toEqual({ messages: [], system: TEXT })
  })

  test.each([
    '{"system":[]}',
    '{"messages":[],"system":{}}',
    '{"messages":[],"system":null}',
    '[]',
    '{"messages":[',
    '{"messages":[]}{}',
    '',
  ])('a body such as %s stays', (body) => {
    expect(appended(body)).toBe(body)
  })

  test('every other byte stays, whatever the texts and the white space', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' })),
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.nat(3),
        fc.boolean(),
        (texts, text, indent, isBlocks) => {
          const system = isBlocks ? texts.map((one) => ({ type: 'text', text: one })) : texts.join('')
          const whole = { model: 'm', system, messages: [{ role: 'user', content: text }] }
          const body = JSON.stringify(whole, undefined, indent)
          const got = JSON.parse(appended(body, text))
          expect({ ...got, system }).toEqual(JSON.parse(body))
          if (isBlocks) expect(got.system).toEqual([...(system as object[]), { type: 'text', text }])
          else expect(got.system).toBe(system === '' ? text : `${String(system)}\n\n${text}`)
        },
      ),
    )
  })
})

describe('a text at the start of the system prompt', () => {
  const rules = { a: { text: 'First.', at: 'system-start' }, b: { text: 'Last.' } }
  const [first, last] = ['First.', 'Last.'].map((text) => ({ type: 'text', text }))

  test.each([
    [
      'what the attribution and the opening say',
      [ATTRIBUTION, OPENING, PROMPT],
      [ATTRIBUTION, OPENING, first, PROMPT, last],
    ],
    ['the opening', [OPENING, PROMPT], [OPENING, first, PROMPT, last]],
    ['the opening alone', [ATTRIBUTION, OPENING], [ATTRIBUTION, OPENING, first, last]],
    ['the attribution alone', [ATTRIBUTION], [ATTRIBUTION, first, last]],
    ['nothing', [], [first, last]],
  ])('stands behind %s', (_name, system, expected) => {
    for (const indent of [0, 2]) {
      const sent = decorated(JSON.stringify({ system, messages: [] }, undefined, indent), rules)
      expect(JSON.parse(sent).system).toEqual(expected)
    }
  })

  test.each([
    ['You are Claude Code, a CLI.', 'You are Claude Code, a CLI.\n\nFirst.\n\nLast.'],
    [
      'You are Claude Code "1\\n".\nYou help.\nGo.',
      'You are Claude Code "1\\n".\n\nFirst.\nYou help.\nGo.\n\nLast.',
    ],
    [
      'x-anthropic-billing-header: 1\n\nYou are a Claude agent.\n\nHelp.',
      'x-anthropic-billing-header: 1\n\nYou are a Claude agent.\n\nFirst.\n\nHelp.\n\nLast.',
    ],
  ])('stands behind the opening of one text: %j', (system, expected) => {
    expect(JSON.parse(decorated(JSON.stringify({ system, messages: [] }), rules)).system).toBe(expected)
  })

  test.each([
    ['You help.', 'First.\n\nYou help.\n\nLast.'],
    ['', 'First.\n\nLast.'],
    [undefined, 'First.\n\nLast.'],
  ])('stands before one text: %j', (system, expected) => {
    expect(JSON.parse(decorated(JSON.stringify({ system, messages: [] }), rules)).system).toBe(expected)
  })
})

describe('a reminder in turns of the user', () => {
  const rules = { mind: { text: 'Tests "first".', at: 'user-turn' } }
  const mark = '\n\n<system-reminder>\nTests "first".\n</system-reminder>'
  const text = (said: string) => ({ type: 'text', text: said })
  const turn = (message: object) =>
    JSON.parse(decorated(JSON.stringify({ messages: [message] }), rules)).messages[0]

  test('is at the end of a text, of which a block says the same', () => {
    expect(turn({ role: 'user', content: 'go on' })).toEqual({ role: 'user', content: `go on${mark}` })
    const block = { type: 'text', text: 'go on', cache_control: { type: 'ephemeral' } }
    expect(turn({ role: 'user', content: [block] }).content).toEqual([{ ...block, text: `go on${mark}` }])
  })

  test('is behind the first text that Claude Code did not add itself', () => {
    const added = text('<system-reminder>\nnotes\n</system-reminder>')
    const image = { type: 'image', source: { type: 'base64', data: 'AAAA' } }
    const result = { type: 'tool_result', tool_use_id: 'a', content: [text('a result')] }
    const content = [result, text(''), added, image, text('go on'), text('and on')]
    expect(turn({ role: 'user', content }).content).toEqual([
      result,
      text(''),
      added,
      image,
      text(`go on${mark}`),
      text('and on'),
    ])
  })

  test.each([
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'a result' }] },
    { role: 'user', content: [text('<system-reminder>\nnotes\n</system-reminder>')] },
    { role: 'user', content: '<system-reminder>notes</system-reminder>' },
    { role: 'user', content: '' },
    { role: 'user', content: [] },
    { role: 'user', content: [{ type: 'document', text: 'no text' }] },
    { role: 'assistant', content: 'I will.' },
    { role: 'system', content: 'Be.' },
    { content: 'nobody' },
    'no message',
  ])('is not in %j', (message) => {
    const body = JSON.stringify({ messages: [message] })
    expect(outcomeFor(body, rules)).toEqual({ decisions: [], edits: [] })
  })

  test('is found whatever the order of members', () => {
    const message = { content: [{ text: 'go on', type: 'text' }], role: 'user' }
    expect(turn(message)).toEqual({ content: [{ text: `go on${mark}`, type: 'text' }], role: 'user' })
    expect(turn({ content: 'I will.', role: 'assistant' })).toEqual({ content: 'I will.', role: 'assistant' })
  })

  test('counts turns in the record', () => {
    const user = { role: 'user', content: 'go on' }
    const body = JSON.stringify({ messages: [user, { role: 'assistant', content: 'yes' }, user] })
    const { decisions } = outcomeFor(body, { ...rules, end: { text: 'x' } })
    expect(decisions).toEqual([
      { rule: 'decorators.mind', action: 'decorate', count: 2 },
      { rule: 'decorators.end', action: 'decorate', count: 1 },
    ])
  })
})

test('two requests that begin alike still do, whatever messages come and whatever is added to the last one', () => {
  const rules = { a: { text: 'é "a"', at: 'user-turn' }, b: { text: 'Last.' } }
  const inserted = [
    JSON.stringify('\n\n<system-reminder>\né "a"\n</system-reminder>').slice(1, -1),
    ',"system":"Last."',
  ]
  const whole = fc.tuple(conversation, conversation, fc.boolean())
  fc.assert(
    fc.property(whole, ([messages, later, isJoined]) => {
      const last = messages.at(-1)
      const joined = last && { ...last, content: [...last.content, ...(later[0]?.content ?? [])] }
      const more = isJoined && joined ? [...messages.slice(0, -1), joined] : messages
      const [before, now] = [messages, [...more, ...later]].map((list) => JSON.stringify({ messages: list }))
      const [a, b] = [before, now].map((body) => Buffer.from(body as string)) as [Buffer, Buffer]
      const [sentA, sentB] = [before, now].map((body) => Buffer.from(decorated(body as string, rules)))
      const offsets = sentOffsets(a, sentA as Buffer, { inserted, values: [] })
      const common = commonBytes(sentA as Buffer, sentB as Buffer)
      expect(common).toBeGreaterThanOrEqual(offsets[commonBytes(a, b)] as number)
    }),
  )
})

describe('whom a text is for', () => {
  const body = '{"messages":[{"role":"user","content":"x"}]}'
  test.each([
    [{ model: '*opus*' }, true],
    [{ model: '*haiku*' }, false],
    [{ profile: 'work', project: 'sh?p', user: 'anna' }, true],
    [{ profile: 'home' }, false],
    [{ project: 'other' }, false],
    [{ user: 'bert' }, false],
  ])('%j: %s', (match, isMeant) => {
    expect(decorated(body, { a: { text: 'x', match } }) !== body).toBe(isMeant)
  })

  test('is nobody whose body cannot be read', () => {
    expect(outcomeFor(body, { a: { text: 'x' } }, { isEncoded: true })).toEqual({ decisions: [] })
  })

  test('a text names what the session stands for', () => {
    const sent = decorated(body, { a: { text: '{user} on {branch} of {repository}, {date}: {{}}' } })
    expect(JSON.parse(sent).system).toBe('anna on main of r, 2026-11-20: {}')
  })
})
