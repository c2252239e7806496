import type { MessagesRequest, Scene } from './script.ts'

/** An answer of the Messages API (https://platform.claude.com/docs/en/api/messages). */
export interface DemoMessage {
  readonly id: string
  readonly type: 'message'
  readonly role: 'assistant'
  readonly model: string
  readonly content: readonly DemoBlock[]
  readonly stop_reason: 'end_turn' | 'tool_use'
  readonly stop_sequence: null
  readonly usage: DemoUsage
}

type DemoBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: object }

interface DemoUsage {
  readonly input_tokens: number
  readonly cache_creation_input_tokens: number
  readonly cache_read_input_tokens: number
  readonly cache_creation: {
    readonly ephemeral_5m_input_tokens: number
    readonly ephemeral_1h_input_tokens: number
  }
  readonly output_tokens: number
  readonly service_tier: 'standard'
}

/** One event of a stream: its name is `data.type`. */
export interface StreamEvent {
  readonly type: string
  readonly [field: string]: unknown
}

/** Shorter prompts than this are not cached (https://platform.claude.com/docs/en/build-with-claude/prompt-caching). */
const LEAST_CACHED_TOKENS = 1024
const FRESH_TOKENS = 12
const CHARACTERS_PER_TOKEN = 4

/** The tokens of a text, roughly. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN)
}

/** The whole answer to a request of so many tokens. */
export function messageOf(
  scene: Scene,
  request: MessagesRequest,
  promptTokens: number,
  id: string,
): DemoMessage {
  const content = contentOf(scene, id)
  const turn = request.messages.some(({ role }) => role === 'assistant') ? 'later' : 'first'
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model: request.model ?? 'unknown',
    content,
    stop_reason: scene.kind === 'tool' ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: usageOf(promptTokens, countTokens(JSON.stringify(content)), turn),
  }
}

/**
 * The same answer as a stream (https://platform.claude.com/docs/en/build-with-claude/streaming): a first usage
 * with preliminary output, deltas of about a word, a last usage with the cumulative numbers.
 */
export function eventsOf(message: DemoMessage): StreamEvent[] {
  const { content, stop_reason, stop_sequence, usage } = message
  const start = { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } }
  return [
    { type: 'message_start', message: start },
    { type: 'ping' },
    ...content.flatMap(blockEvents),
    { type: 'message_delta', delta: { stop_reason, stop_sequence }, usage },
    { type: 'message_stop' },
  ]
}

function contentOf(scene: Scene, id: string): DemoBlock[] {
  const text = { type: 'text', text: scene.text } as const
  if (scene.kind !== 'tool') return [text]
  return [text, { type: 'tool_use', id: `toolu_${id}`, name: scene.name, input: scene.input }]
}

/** A later turn of a conversation reads what the first one wrote to the cache. */
function usageOf(promptTokens: number, outputTokens: number, turn: 'first' | 'later'): DemoUsage {
  const cached = promptTokens < LEAST_CACHED_TOKENS ? 0 : promptTokens - FRESH_TOKENS
  const created = turn === 'first' ? cached : 0
  return {
    input_tokens: promptTokens - cached,
    cache_creation_input_tokens: created,
    cache_read_input_tokens: cached - created,
    cache_creation: { ephemeral_5m_input_tokens: created, ephemeral_1h_input_tokens: 0 },
    output_tokens: outputTokens,
    service_tier: 'standard',
  }
}

function blockEvents(block: DemoBlock, index: number): StreamEvent[] {
  const empty = block.type === 'text' ? { ...block, text: '' } : { ...block, input: {} }
  return [
    { type: 'content_block_start', index, content_block: empty },
    ...deltasOf(block).map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]
}

function deltasOf(block: DemoBlock): object[] {
  const text = block.type === 'text' ? block.text : JSON.stringify(block.input)
  const words = text.match(/\S+\s*/g) ?? []
  return words.map((word) =>
    block.type === 'text'
      ? { type: 'text_delta', text: word }
      : { type: 'input_json_delta', partial_json: word },
  )
}
