import { peek } from '../json/peek.ts'
import type { Span } from '../json/scanner.ts'
import { skipValue } from '../json/scanner.ts'

/** An event of a streamed message, as far as it matters for its text. */
export interface StreamEvent {
  /** `content_block_delta`, `ping`; absent where there are no data, as in a comment. */
  readonly type?: string
  /** The number of the block that it belongs to. */
  readonly block?: number
  /** The text it adds to a block. */
  readonly delta?: TextDelta
  /** Where in the event the object stands that it is about: a delta of any kind, the block or the message that begins. */
  readonly content?: Span
}

export interface TextDelta {
  readonly block: number
  readonly kind: 'text_delta' | 'input_json_delta'
  /** Where in the event the text stands, between its quotes. */
  readonly text: Span
}

const MEMBERS = { text_delta: 'text', input_json_delta: 'partial_json' } as const

/** How the API writes a piece of text, up to the text and behind it; nearly all events are such. */
const USUAL_HEAD =
  /^event: content_block_delta\ndata: \{"type":"content_block_delta","index":(\d{1,6}),"delta":\{"type":"(text_delta","text|input_json_delta","partial_json)":"/
const USUAL_TAIL = /^\} *\}\n\n$/
const LONGEST_HEAD = 150

/** Reads a server-sent event of the Messages API. One whose data are no JSON object, or on two lines, is of no type known here. */
export function readEvent(event: Buffer): StreamEvent {
  const usual = usualDelta(event)
  if (usual) return { type: 'content_block_delta', block: usual.block, delta: usual }
  const line = dataLine(event)
  if (!line) return {}
  const data = event.subarray(line.start, line.end)
  const members = peek(data, ['type', 'index', 'delta', 'content_block', 'message'])
  const type = members?.type?.value
  const index = members?.index?.value
  const { delta, content_block: begun, message } = members ?? {}
  const content = delta ?? begun ?? message
  const text = delta && type === 'content_block_delta' ? textDelta(data, delta, index) : undefined
  return {
    type: typeof type === 'string' ? type : 'unknown',
    ...(typeof index === 'number' && { block: index }),
    ...(text && { delta: { ...text, text: moved(text.text, line.start) } }),
    ...(content && { content: moved(content, line.start) }),
  }
}

/** Several times as fast as to read what may stand there in any order. */
function usualDelta(event: Buffer): TextDelta | undefined {
  const head = USUAL_HEAD.exec(event.toString('latin1', 0, LONGEST_HEAD))
  if (!head) return undefined
  const [{ length: start }, block, names = ''] = head
  const end = stringEnd(event, start - 1)
  if (end === undefined || !USUAL_TAIL.test(event.toString('latin1', end))) return undefined
  const kind = names.startsWith('text') ? 'text_delta' : 'input_json_delta'
  return { block: Number(block), kind, text: { start, end: end - 1 } }
}

function stringEnd(event: Buffer, quote: number): number | undefined {
  try {
    return skipValue(event, quote)
  } catch {
    return undefined
  }
}

/** The only line of data, behind its name. */
function dataLine(event: Buffer): Span | undefined {
  const lines = [...event.toString('latin1').matchAll(/(?<=^|[\r\n])data:[^\r\n]*/g)]
  const [line] = lines
  if (!line) return undefined
  const start = line.index + (line[0][5] === ' ' ? 6 : 5)
  // Data on two lines is read as no JSON, since that is what one of them alone is.
  return { start, end: lines.length > 1 ? start : line.index + line[0].length }
}

function textDelta(data: Buffer, { start, end }: Span, block: unknown): TextDelta | undefined {
  const members = peek(data.subarray(start, end), ['type', 'text', 'partial_json'])
  const kind = members?.type?.value
  if (kind !== 'text_delta' && kind !== 'input_json_delta') return undefined
  const text = members?.[MEMBERS[kind]]
  if (typeof text?.value !== 'string' || typeof block !== 'number') return undefined
  return { block, kind, text: moved({ start: text.start + 1, end: text.end - 1 }, start) }
}

function moved({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by }
}
