import type { JsonObject } from '../json/object.ts'
import { isJsonObject } from '../json/object.ts'

/** The shape of an answer: Anthropic's messages or OpenAI's chat completions. */
export type Api = 'anthropic' | 'openai'

/** What an answer has said of itself so far. */
export interface Findings {
  /** Absent unless it is a model's answer or an API error. */
  readonly api?: Api
  readonly model?: string
  /** The API's own object. */
  readonly usage?: JsonObject
  readonly stopReason?: string
  readonly error?: { readonly type: string; readonly message: string }
  /** Text, thinking or tool input was streamed. */
  readonly hasContent: boolean
  /** The closing event was seen. */
  readonly isComplete: boolean
}

export const NOTHING_FOUND: Findings = { hasContent: false, isComplete: false }

/** What OpenAI-style streams end with, in place of an event. */
export const DONE = '[DONE]'

/** Matches the text of every event that carries data. */
export const ANY_EVENT = /data:/g

/**
 * Matches the text of every event that can change the findings after the first content. Within the strings
 * of JSON, quotes are escaped: what the model writes can hardly match.
 */
export const LATE_EVENT: Readonly<Record<Api, RegExp>> = {
  anthropic: /"(?:message_delta|message_stop|error)"/g,
  openai: /"(?:usage|error|finish_reason)"\s*:(?!\s*null)|\[DONE\]/g,
}

/**
 * Bytes of each such event that is not the last of its stream; undefined where every event has them. The first one is
 * rare in content, which makes the search several times as fast as one for a quote (measured).
 */
export const LATE_NEEDLE: Readonly<Record<Api, Buffer | undefined>> = {
  anthropic: Buffer.from('usage"'),
  openai: undefined,
}

const ANTHROPIC_CONTENT = ['text_delta', 'thinking_delta', 'input_json_delta']
const OPENAI_CONTENT = ['content', 'reasoning_content', 'refusal', 'tool_calls']

/** The members of an event, a body or a part of them that are looked at. */
interface Part {
  readonly type?: unknown
  readonly message?: unknown
  readonly model?: unknown
  readonly usage?: unknown
  readonly stop_reason?: unknown
  readonly delta?: unknown
  readonly error?: unknown
  readonly choices?: unknown
  readonly finish_reason?: unknown
}

/**
 * Adds one event of a stream to the findings. Usage starts from `message_start`; later counters are cumulative,
 * so they replace earlier ones field by field and are never added
 * (https://platform.claude.com/docs/en/build-with-claude/streaming). OpenAI-style chunks likewise.
 */
export function foldEvent(findings: Findings, event: unknown): Findings {
  if (event === DONE) return { api: 'openai', ...findings, isComplete: true }
  const part = partOf(event)
  const { type, message, usage, delta }: Part = part
  switch (type) {
    case 'message_start':
      return foldMessage(findings, 'anthropic', partOf(message))
    case 'content_block_delta':
      return { ...findings, api: 'anthropic', hasContent: findings.hasContent || isContent(partOf(delta)) }
    case 'message_delta':
      return foldMessage(findings, 'anthropic', { usage, stop_reason: partOf(delta).stop_reason })
    case 'message_stop':
      return { ...findings, api: 'anthropic', isComplete: true }
    default:
      return foldCompletion(findings, part)
  }
}

/** The findings of an answer that came as one JSON object: a message, a completion, an error, or anything else. */
export function foldBody(body: JsonObject): Findings {
  const part: Part = body
  return part.type === 'message'
    ? foldMessage(NOTHING_FOUND, 'anthropic', part)
    : foldCompletion(NOTHING_FOUND, part)
}

function foldMessage(findings: Findings, api: Api, { model, usage, stop_reason }: Part): Findings {
  return {
    ...findings,
    api,
    ...(typeof model === 'string' && { model }),
    ...(isJsonObject(usage) && { usage: overwrite(findings.usage ?? {}, usage) }),
    ...(typeof stop_reason === 'string' && { stopReason: stop_reason }),
  }
}

/** An OpenAI-style completion or a chunk of one; errors have the same shape in both APIs. */
function foldCompletion(findings: Findings, part: Part): Findings {
  const { type, error, choices, model, usage } = part
  if (isJsonObject(error)) {
    return { api: type === 'error' ? 'anthropic' : 'openai', ...findings, error: apiError(error) }
  }
  if (!Array.isArray(choices)) return findings
  const { finish_reason, delta }: Part = partOf(choices[0])
  return {
    ...foldMessage(findings, 'openai', { model, usage, stop_reason: finish_reason }),
    hasContent: findings.hasContent || isChunkContent(partOf(delta)),
  }
}

/** Later counters replace earlier ones, at any depth; what is missing or null keeps its value. */
function overwrite(earlier: JsonObject, later: JsonObject): JsonObject {
  const news = Object.entries(later).filter(
    ([name, value]) => value !== null || !Object.hasOwn(earlier, name),
  )
  const replaced = news.map(([name, value]) => {
    const before = earlier[name]
    return [name, isJsonObject(before) && isJsonObject(value) ? overwrite(before, value) : value]
  })
  return { ...earlier, ...Object.fromEntries(replaced) }
}

function apiError({ type, message }: JsonObject & Part): { type: string; message: string } {
  return {
    type: typeof type === 'string' ? type : 'error',
    message: typeof message === 'string' ? message : '',
  }
}

/** Anthropic's deltas are counted by kind, since a tool without input sends one empty piece. */
function isContent({ type }: Part): boolean {
  return typeof type === 'string' && ANTHROPIC_CONTENT.includes(type)
}

/** OpenAI's first chunk has the role and an empty text. */
function isChunkContent(delta: JsonObject & Part): boolean {
  return OPENAI_CONTENT.some((name) => {
    const value = delta[name]
    return (typeof value === 'string' || Array.isArray(value)) && value.length > 0
  })
}

function partOf(value: unknown): JsonObject & Part {
  return isJsonObject(value) ? value : {}
}
