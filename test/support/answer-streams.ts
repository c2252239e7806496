import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { VALUES } from './masked-texts.ts'

type Data = { readonly type: string; readonly [name: string]: unknown }

export const PING = 'event: ping\ndata: {"type": "ping"}\n\n'
export const MESSAGE_START = sse({
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    content: [],
    usage: { input_tokens: 9, output_tokens: 2 },
  },
})
export const MESSAGE_STOP = sse({ type: 'message_stop' })

export function sse(data: Data): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
}

export function messageDelta(stopReason: string): string {
  const delta = { stop_reason: stopReason, stop_sequence: null }
  return sse({ type: 'message_delta', delta, usage: { output_tokens: 40 } })
}

export function blockStart(index: number, block: object): string {
  return sse({ type: 'content_block_start', index, content_block: block })
}

export function blockStop(index: number): string {
  return sse({ type: 'content_block_stop', index })
}

export function textDelta(index: number, text: string): string {
  return sse({ type: 'content_block_delta', index, delta: { type: 'text_delta', text } })
}

export function inputDelta(index: number, partial: string): string {
  return sse({
    type: 'content_block_delta',
    index,
    delta: { type: 'input_json_delta', partial_json: partial },
  })
}

/** A block of an answer as it is meant, whatever the events are. */
export type Block =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly thinking: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: object }

/** The events of an answer, the text of each block in pieces cut at these offsets. */
export function answerStream(blocks: readonly Block[], cuts: readonly number[] = []): string {
  const stopReason = blocks.at(-1)?.type === 'tool_use' ? 'tool_use' : 'end_turn'
  const events = blocks.map((block, index) => blockEvents(block, index, cuts))
  return MESSAGE_START + PING + events.join('') + messageDelta(stopReason) + MESSAGE_STOP
}

function blockEvents(block: Block, index: number, cuts: readonly number[]): string {
  if (block.type === 'text')
    return (
      blockStart(index, { type: 'text', text: '' }) +
      inPieces(block.text, cuts)
        .map((piece) => textDelta(index, piece))
        .join('') +
      blockStop(index)
    )
  if (block.type === 'tool_use')
    return (
      blockStart(index, { ...block, input: {} }) +
      ['', ...inPieces(JSON.stringify(block.input), cuts)].map((piece) => inputDelta(index, piece)).join('') +
      blockStop(index)
    )
  const deltas = [
    { type: 'thinking_delta', thinking: block.thinking },
    { type: 'signature_delta', signature: block.thinking },
  ]
  return (
    blockStart(index, { type: 'thinking', thinking: '', signature: '' }) +
    deltas.map((delta) => sse({ type: 'content_block_delta', index, delta })).join('') +
    blockStop(index)
  )
}

/** A text, or bytes, in pieces that end at these offsets, wherever that is. */
export function inPieces<Whole extends { readonly length: number; slice(start: number, end: number): Whole }>(
  whole: Whole,
  cuts: readonly number[],
): Whole[] {
  const ends = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((left, right) => left - right)
  return [...ends, whole.length].map((end, index) => whole.slice(ends[index - 1] ?? 0, end))
}

/** What a client makes of a stream. @throws Error where the events do not come in the order that the API promises */
export function readStream(stream: string): { blocks: Block[]; stopReason: unknown } {
  const events = stream
    .split('\n\n')
    .map((event) => /^data: ?([^\r\n]*)/m.exec(event)?.[1])
    .filter((data) => data !== undefined)
    .map((data) => JSON.parse(data))
    .filter(({ type }) => type !== 'ping')
  const types = events.map(({ type }) => type)
  if (types[0] !== 'message_start' || types.at(-1) !== 'message_stop') throw new Error(`not whole: ${types}`)
  if (types.at(-2) !== 'message_delta') throw new Error(`no end: ${types}`)
  const blocks: Record<string, unknown>[] = []
  let open: number | undefined
  let input = ''
  for (const event of events.slice(1, -2)) {
    const { type, index, content_block: begun, delta } = event
    if (type === 'content_block_start') {
      if (open !== undefined || index !== blocks.length) throw new Error(`block ${index} begins in ${open}`)
      open = index
      input = ''
      blocks.push({ ...begun })
      continue
    }
    const block = blocks[index]
    if (index !== open || !block) throw new Error(`${type} of ${index} in ${open}`)
    if (type === 'content_block_stop') {
      open = undefined
      if (input !== '') block['input'] = JSON.parse(input)
    } else if (delta.type === 'input_json_delta') input += delta.partial_json
    else if (delta.type === 'text_delta') block['text'] += delta.text
    else if (delta.type === 'thinking_delta') block['thinking'] += delta.thinking
  }
  if (open !== undefined) throw new Error(`block ${open} does not end`)
  return { blocks: blocks as Block[], stopReason: events.at(-2).delta.stop_reason }
}

/** As long as one of 2048 bits, and the same in each process, so that a seed says which texts there were. */
const RSA = [
  '-----BEGIN PRIVATE KEY-----',
  ...Array.from({ length: 25 }, (_, line) => createHash('sha384').update(`${line}`).digest('base64')),
  'a9Yw3kQ2hVbL0uRz7Jd1Ng==',
  '-----END PRIVATE KEY-----',
].join('\n')
const JWT_HEADER = 'eyJhbGciOiJIUzI1NiJ9'

/** Values of each detector, also such that are longer than what is waited for. */
export const ANSWER_VALUES = [
  ...VALUES,
  RSA,
  RSA.replaceAll('\n', '\\n'),
  `${JWT_HEADER}.${'eyJzdWIiOiIxMjM0In0'}.${'c2lnbmF0dXJl'}`,
  // Between blanks: as a part of another word, the whole of it would be none.
  ` ${JWT_HEADER}.${'eyJzdWIiOiIxMjM0In0'.repeat(40)}.${'c2lnbmF0dXJl'.repeat(20)} `,
  `ghp_${'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'}`,
  `sk-ant-api03-${'Zx9_Yw8-Vu7Ts6Rq5Po4Nm3Lk2Ji1Hg'.repeat(3)}`,
  `sk-proj-${'a1B2c3D4e5F6g7H8i9J0'}T3BlbkFJ${'k1L2m3N4o5P6q7R8s9T0'}`,
  `aws_secret_access_key = "wJalrXUtnFEMI/K7MDENG/${'bPxRfiCYzEXAMPLEKEY'.slice(0, 18)}"`,
  'DE89 3704 0044 0532 0130 00',
  '3056 930902 5904',
  '+49 (0)30 901820',
  '+1 (415) 555-2671',
  '(415) 555-2671',
  '86 095 742 719',
  'BSN: 111222333',
  'X1234567L',
  '2 55 08 14 168 025 38',
  'RSSMRA85T10A562S',
  '529.982.247-25',
]

const CONFUSING = [
  '+49 ',
  '4111 ',
  'DE89 ',
  '-----BEGIN ',
  '-----BEGIN PRIVATE KEY-----\n',
  '-----END PRIVATE KEY-----',
  'eyJhbGciOiJIUzI1NiJ9.',
  '@',
  'sk-ant-',
  '1 2 3',
  '12',
  '.',
  '-',
  ' ',
  '"',
  '\\',
  '\n',
  '\u{1F600}',
  'é',
  'A '.repeat(150),
  ` ${'x'.repeat(300)} `,
]

const filler = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...CONFUSING) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('const a = 1', 'the end', ' and then ', '{"a":[1,2]}', 'word '.repeat(60)),
  },
)

/** Texts with values in them, side by side with what could be one, or a part of one. */
export const answerText = fc
  .array(
    fc.oneof({ weight: 2, arbitrary: filler }, { weight: 1, arbitrary: fc.constantFrom(...ANSWER_VALUES) }),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(''))

/** Texts in which nothing is found by its looks. */
export const harmlessText = fc
  .array(
    fc.constantFrom(
      'word ',
      'a < b ',
      '12 ',
      'x@y ',
      'é\u{1F600} ',
      '\n',
      '"quoted" ',
      'eyJ ',
      'A1 - ',
      '\\n ',
    ),
    {
      maxLength: 60,
    },
  )
  .map((parts) => parts.join(''))

export const cuts = fc.array(fc.nat({ max: 3000 }), { maxLength: 12 })

/** Blocks of an answer with such texts in them. */
export function blocksOf(text: fc.Arbitrary<string>): fc.Arbitrary<Block[]> {
  const block: fc.Arbitrary<Block> = fc.oneof(
    { weight: 3, arbitrary: text.map((said) => ({ type: 'text', text: said }) as const) },
    { weight: 2, arbitrary: text.map((content) => toolUse({ path: 'a', content, more: [1, content] })) },
    { weight: 1, arbitrary: text.map((thinking) => ({ type: 'thinking', thinking }) as const) },
  )
  return fc.array(block, { maxLength: 4 })
}

export function toolUse(input: object): Block {
  return { type: 'tool_use', id: 'toolu_1', name: 'Write', input }
}
