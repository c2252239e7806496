import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const SOURCES = new URL('../../src', import.meta.url).pathname
const PEOPLE = 60

/**
 * The body of a request as Claude Code sends it after so many bytes of work: files that were read and written (the
 * sources of this project), commands and their results, and some addresses and numbers of people among them.
 */
export function conversationBody(bytes) {
  const messages = [ask('Look through the sources and tell me what they do.')]
  let size = 0
  for (let turn = 0; size < bytes; turn += 1) {
    const added = turnOf(turn)
    messages.push(...added)
    size += JSON.stringify(added).length
  }
  return requestBody(messages)
}

/** The next request of that conversation: the answer and a question more, and the mark of the cache has moved. */
export function nextBody(body) {
  const { messages } = JSON.parse(body.toString())
  for (const block of messages.at(-1).content) delete block.cache_control
  return requestBody([...messages, ...turnOf(messages.length)])
}

function requestBody(messages) {
  messages.at(-1).content.at(-1).cache_control = { type: 'ephemeral' }
  const tools = Array.from({ length: 20 }, (_, index) => ({
    name: `Tool${index}`,
    description: 'Does what a tool does. '.repeat(100),
    input_schema: { type: 'object', properties: { path: { type: 'string' } } },
  }))
  const system = [
    { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.197; cc_entrypoint=cli;' },
    { type: 'text', text: 'You are an agent. '.repeat(800), cache_control: { type: 'ephemeral' } },
  ]
  return Buffer.from(
    JSON.stringify({ model: 'claude-opus-4-8', messages, system, tools, max_tokens: 64000, stream: true }),
  )
}

function turnOf(turn) {
  const file = FILES[turn % FILES.length]
  const id = `toolu_01${turn}`
  const person = `person${turn % PEOPLE}@company${turn % 7}.com`
  return [
    {
      role: 'assistant',
      content: [
        { type: 'text', text: `I read ${file.path}, that ${person} wrote.` },
        { type: 'tool_use', id, name: 'Read', input: { file_path: file.path, limit: 2000 } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: id, content: `${file.text}\n// call +49 170 12345${turn % 90}7` },
      ],
    },
  ]
}

function ask(text) {
  return { role: 'user', content: [{ type: 'text', text }] }
}

const FILES = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .sort()
  .map((path) => ({ path, text: readFileSync(join(SOURCES, path), 'utf8') }))
