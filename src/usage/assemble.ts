import type { JsonObject } from '../json/object.ts'
import { isJsonObject } from '../json/object.ts'
import { ANY_EVENT } from './fold.ts'
import { SseReader } from './sse.ts'

/** A message of the API as its parts have come so far. */
interface Draft {
  message: JsonObject
  readonly blocks: Record<string, unknown>[]
  error?: unknown
}

const STREAM = /^\uFEFF?\s*(?:event|data|id|retry|:)/
/** What each kind of delta adds to (https://platform.claude.com/docs/en/build-with-claude/streaming). */
const TEXT_OF: Readonly<Record<string, string>> = {
  text_delta: 'text',
  thinking_delta: 'thinking',
  input_json_delta: 'input',
}

/**
 * The message in an answer of the API, put together from its events where it was streamed: as far as it came, with
 * `content` as a list and, behind an error event, `error`. Undefined where the body is no JSON object and no such stream.
 */
export function assembleAnswer(body: Buffer): JsonObject | undefined {
  if (!STREAM.test(body.toString('utf8', 0, 32))) return parseObject(body.toString())
  const draft: Draft = { message: {}, blocks: [] }
  const reader = new SseReader({
    wanted: ANY_EVENT,
    onData: (data) => addEvent(draft, parseObject(data) ?? {}),
  })
  reader.push(body, 0)
  reader.end(0)
  const content = draft.blocks.filter(Boolean).map(finished)
  if (Object.keys(draft.message).length === 0 && content.length === 0 && !draft.error) return undefined
  return { ...draft.message, content, ...(draft.error !== undefined && { error: draft.error }) }
}

function addEvent(draft: Draft, event: JsonObject): void {
  const { type, index, message, content_block: block, delta, error } = event
  if (type === 'message_start' && isJsonObject(message)) draft.message = message
  if (type === 'message_delta' && isJsonObject(delta)) draft.message = { ...draft.message, ...delta }
  if (type === 'error') draft.error = error
  if (!isIndex(index)) return
  if (type === 'content_block_start' && isJsonObject(block)) {
    const hasInput = isJsonObject(block['input'])
    draft.blocks[index] = { ...block, ...(hasInput && { input: '' }) }
  }
  if (type === 'content_block_delta' && isJsonObject(delta)) addDelta(draft.blocks[index], delta)
}

/** A list with a hole of billions would take the memory of all of it. */
function isIndex(index: unknown): index is number {
  return Number.isInteger(index) && (index as number) >= 0 && (index as number) < 10_000
}

function addDelta(block: Record<string, unknown> | undefined, delta: JsonObject): void {
  const field = TEXT_OF[String(delta['type'])]
  if (!block || field === undefined) return
  const piece = delta[field === 'input' ? 'partial_json' : field]
  if (typeof piece === 'string') block[field] = `${block[field] ?? ''}${piece}`
}

/** The input of a tool is whole JSON only at its end. */
function finished(block: Record<string, unknown>): JsonObject {
  const { input } = block
  if (typeof input !== 'string') return block
  return { ...block, input: input === '' ? {} : (parseObject(input) ?? input) }
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
