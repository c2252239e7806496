import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import type { Writable } from 'node:stream'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'

/** Where the stand-in sends its requests, and what it shows for a credential. */
export interface DemoTarget {
  readonly baseUrl: string
  readonly token: string
}

interface Turn {
  readonly role: 'user' | 'assistant'
  readonly content: readonly Block[]
}

type Block =
  | { readonly type: 'text'; text: string }
  /** `input` stays empty: the stand-in does not run the tool. */
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: object }
  | { readonly type: 'tool_result'; readonly tool_use_id: string; readonly content: string }

/** The fields of a stream event that the stand-in reads. */
interface StreamEvent {
  readonly type: string
  readonly content_block?: Block
  readonly delta?: { readonly text?: string }
  readonly error?: { readonly message: string }
}

/** What to tell a user before the stand-in is used. */
export const STAND_IN_NOTICE =
  'Claude Code (`claude`) was not found: a small built-in client stands in for it. It sends the same kind of requests, but runs no tools.'

/**
 * Sends one prompt as Claude Code would, and writes the answer to `output` as it comes: streamed, with one
 * retry after a 429 and a made-up result for a tool call.
 * @throws Error with the status and body of an answer that is none
 */
export async function runStandIn(prompt: string, target: DemoTarget, output: Writable): Promise<void> {
  const sessionId = randomUUID()
  const turns: Turn[] = [{ role: 'user', content: [{ type: 'text', text: prompt }] }]
  for (;;) {
    const answer = await readAnswer(await post(turns, sessionId, target), output)
    output.write('\n')
    const results = answer.flatMap(resultOf)
    if (results.length === 0) return
    turns.push({ role: 'assistant', content: answer }, { role: 'user', content: results })
  }
}

async function post(turns: readonly Turn[], sessionId: string, target: DemoTarget): Promise<Response> {
  const send = () =>
    fetch(`${target.baseUrl}/v1/messages?beta=true`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${target.token}`,
        'anthropic-version': '2023-06-01',
        'content-type': 'application/json',
        'user-agent': 'claude-gw-demo',
        'x-claude-code-session-id': sessionId,
      },
      body: JSON.stringify(requestOf(turns)),
    })
  const first = await send()
  if (first.status !== 429) return first
  await first.body?.cancel()
  await delay(Number(first.headers.get('retry-after') ?? 1) * 1000)
  return send()
}

function requestOf(turns: readonly Turn[]): object {
  const tools = [{ name: 'Bash', description: 'Runs a command', input_schema: { type: 'object' } }]
  return { model: 'claude-opus-4-8', max_tokens: 1024, stream: true, tools, messages: turns }
}

async function readAnswer(response: Response, output: Writable): Promise<Block[]> {
  if (!response.ok || !response.body) throw new Error(`${response.status} ${await response.text()}`)
  const blocks: Block[] = []
  for await (const line of createInterface({ input: Readable.fromWeb(response.body) })) {
    if (line.startsWith('data: ')) fold(blocks, JSON.parse(line.slice('data: '.length)), output)
  }
  return blocks
}

function fold(blocks: Block[], { content_block, delta, error }: StreamEvent, output: Writable): void {
  if (error) throw new Error(error.message)
  if (content_block) blocks.push(content_block)
  const block = blocks.at(-1)
  if (block?.type !== 'text' || delta?.text === undefined) return
  block.text += delta.text
  output.write(delta.text)
}

function resultOf(block: Block): Block[] {
  if (block.type !== 'tool_use') return []
  return [{ type: 'tool_result', tool_use_id: block.id, content: 'Hello from the demo' }]
}
