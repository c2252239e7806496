/** Values that masking finds, each of which is written so that nothing around it belongs to it. */
export const MASKED_VALUES = ['anna.schmidt@firma.de', 'bob+x@mail.firma.co.uk', '+49 170 1234567']

type Block = Readonly<Record<string, unknown>>
interface Message {
  readonly role: string
  readonly content: readonly Block[]
}

const EPHEMERAL = { type: 'ephemeral' }
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/**
 * The requests of a conversation as Claude Code sends them (measured): a text alone is a block only where the mark of the cache is in
 * it, the marks move on with each request, what a user says after an interruption is added to the message before, and `system`
 * stands behind the messages.
 * @param marks how many of the last messages have one
 */
export function growingConversation(turns: number, marks: number): Buffer[] {
  const messages: Message[] = []
  const bodies: Buffer[] = []
  const ask = () => bodies.push(requestBody(messages, marks))
  for (let turn = 0; turn < turns; turn += 1) {
    addPrompt(messages, turn)
    ask()
    for (let call = 0; call < turn % 3; call += 1) {
      messages.push(toolCall(turn, call), toolResult(turn, call))
      ask()
    }
    // The user interrupted this one: there is no answer, and the next prompt joins it.
    if (turn % 7 !== 3) messages.push(answer(turn))
  }
  return bodies
}

function addPrompt(messages: Message[], turn: number): void {
  const said = promptOf(turn)
  const last = messages.at(-1)
  if (last?.role === 'user') {
    const interrupted = text('[Request interrupted by user]')
    messages[messages.length - 1] = { role: 'user', content: [...last.content, interrupted, ...said] }
  } else messages.push({ role: 'user', content: said })
  if (turn % 7 !== 3 && turn % 2 === 0)
    messages.push({
      role: 'system',
      content: [text(`<total_tokens>${15_000_000 - turn} left</total_tokens>`)],
    })
}

function promptOf(turn: number): Block[] {
  const value = MASKED_VALUES[turn % MASKED_VALUES.length]
  const said = text(`Turn ${turn}: write "${value}" down – <system-reminder> is no tag here.\n\\ é`)
  if (turn % 5 === 0) return [text(`<system-reminder>\nNotes of ${value} \n</system-reminder>`), said]
  return turn % 5 === 1 ? [image(), said] : [said]
}

function toolCall(turn: number, call: number): Message {
  const input = { file_path: `/a/${turn}.txt`, content: `to ${MASKED_VALUES[0]} :\n${turn}` }
  const thinking = { type: 'thinking', thinking: `about ${MASKED_VALUES[1]} `, signature: 'c2lnbmF0dXJl' }
  return {
    role: 'assistant',
    content: [thinking, { type: 'tool_use', id: idOf(turn, call), name: 'Write', input }],
  }
}

function toolResult(turn: number, call: number): Message {
  const content = call === 0 ? `done\nfor ${MASKED_VALUES[turn % 3]} ` : [text('a picture'), image()]
  return { role: 'user', content: [{ type: 'tool_result', tool_use_id: idOf(turn, call), content }] }
}

function answer(turn: number): Message {
  return { role: 'assistant', content: [text(`That was ${turn}, for ${MASKED_VALUES[turn % 3]} .`)] }
}

function idOf(turn: number, call: number): string {
  return `toolu_${turn}_${call}`
}

function text(said: string): Block {
  return { type: 'text', text: said }
}

function image(): Block {
  return { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } }
}

function requestBody(messages: readonly Message[], marks: number): Buffer {
  const system = [
    text('x-anthropic-billing-header: cc_version=2.1.329.8c9; cc_entrypoint=sdk-cli;'),
    { ...text('You are Claude Code.'), cache_control: EPHEMERAL },
    { ...text('You are an agent. '.repeat(20)), cache_control: EPHEMERAL },
  ]
  const tools = [{ name: 'Write', description: 'Writes.', input_schema: { type: 'object' } }]
  const sent = messages.map((message, index) => asSent(message, index >= messages.length - marks))
  const rest = {
    metadata: { user_id: '{}' },
    max_tokens: 64000,
    thinking: { type: 'adaptive' },
    stream: true,
  }
  return Buffer.from(JSON.stringify({ model: 'claude-opus-4-8', messages: sent, system, tools, ...rest }))
}

function asSent({ role, content }: Message, isMarked: boolean) {
  const [first, ...others] = content
  if (!isMarked)
    return { role, content: others.length === 0 && first?.['type'] === 'text' ? first['text'] : content }
  return {
    role,
    content: content.map((block, index) =>
      index === content.length - 1 ? { ...block, cache_control: EPHEMERAL } : block,
    ),
  }
}
