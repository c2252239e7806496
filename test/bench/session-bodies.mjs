import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The requests of a session as Claude Code sends them: each has the whole conversation in it, with the same system prompt and
 * tools before, and a mark of the prompt cache that wanders to the last message. What is new in a turn is half source code, half
 * text that nothing like it came before.
 */
export function* sessionBodies(turns, lastTurnBytes) {
  const random = seeded(7)
  const system = [{ type: 'text', text: words(random, 25_000) }]
  const tools = Array.from({ length: 20 }, (_, index) => ({
    name: `tool_${index}`,
    description: words(random, 1500),
  }))
  const perTurn = (lastTurnBytes - 60_000) / turns
  const messages = []
  for (let turn = 0; turn < turns; turn += 1) {
    const text = words(random, perTurn / 2)
    messages.push({
      role: turn % 2 === 0 ? 'user' : 'assistant',
      content: [{ type: 'text', text: text + code(random, perTurn / 2) }],
    })
    const last = messages.at(-1)
    const marked = { ...last, content: [{ ...last.content[0], cache_control: { type: 'ephemeral' } }] }
    const request = {
      model: 'claude-opus-4-8',
      messages: [...messages.slice(0, -1), marked],
      system,
      tools,
      max_tokens: 64_000,
      stream: true,
    }
    yield Buffer.from(JSON.stringify(request))
  }
}

/** Where the requests of a session are kept, in their order. */
export function requestsOf(state, session) {
  const folder = join(state, 'traffic')
  const lines = readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'),
  )
  const records = lines.map((line) => JSON.parse(line)).filter(({ session_id }) => session_id === session)
  return records.map(({ request_body }) => request_body)
}

function code(random, length) {
  let text = ''
  while (text.length < length) {
    const [name, other] = [word(random), word(random)]
    text += `  const ${name} = await ${other}(${Math.floor(random() * 1e6)}) // ${word(random)}\n`
  }
  return text
}

function words(random, length) {
  let text = ''
  while (text.length < length) text += `${word(random)} `
  return text
}

/** One of 4000, some of them far more often than others. */
function word(random) {
  const rank = Math.floor(random() ** 3 * 4000)
  return (rank * 7919 + 104_729).toString(36)
}

/** The same numbers in every run (mulberry32). */
function seeded(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
