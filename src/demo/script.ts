/** The one credential the demo upstream accepts, as bearer token or `x-api-key`. */
export const DEMO_CREDENTIAL = 'demo-key'

/** One prompt of the demo and how `claude` is to be called for it. */
export interface DemoPrompt {
  readonly title: string
  readonly prompt: string
  readonly claudeArguments: readonly string[]
}

/** The demo, one prompt after another. `--allowedTools` takes every argument behind it, so it stands last. */
export const DEMO_PROMPTS: readonly DemoPrompt[] = [
  demoPrompt('a streamed answer', 'What is between you and me right now?'),
  demoPrompt('a tool call', 'Please use the Bash tool to echo a greeting.', '--allowedTools', 'Bash(echo:*)'),
  demoPrompt('a rate limit, then a retry', 'Please run into a rate limit.'),
]

/** What the upstream has to say to a request. */
export type Scene =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tool'; readonly text: string; readonly name: string; readonly input: object }
  /** 429 at the first attempt, `text` at the second. */
  | { readonly kind: 'rate-limit'; readonly text: string }

/** The fields of a Messages API request that the script looks at. */
export interface MessagesRequest {
  readonly model?: string
  readonly stream?: boolean
  readonly messages: readonly RequestMessage[]
  readonly tools?: readonly { readonly name: string }[]
  readonly output_config?: { readonly format?: { readonly schema?: JsonSchema } }
}

interface RequestMessage {
  readonly role: string
  readonly content: string | readonly RequestBlock[]
}

interface RequestBlock {
  readonly type: string
  readonly text?: string
}

interface JsonSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
}

const TEXTS = {
  plain:
    'A gateway on your own machine. It took this prompt, put the real key in, passes every byte on as it comes, ' +
    'and is about to write one line about it to the traffic log.',
  beforeTool: 'I will say hello with a shell command.',
  afterTool:
    'The result of the command came back to me as a second request, which has its own line in the log.',
  afterRateLimit:
    'The first attempt was answered with 429 and "retry-after: 1". Your client waited, tried again, and here is ' +
    'the answer. Both attempts are in the log.',
}

/** The scene for a request, chosen by the last thing the user said. Pure. */
export function sceneFor(request: MessagesRequest): Scene {
  const schema = request.output_config?.format?.schema
  if (schema) return { kind: 'text', text: JSON.stringify(exampleOf(schema)) }

  const blocks = lastUserBlocks(request.messages)
  if (blocks.some(({ type }) => type === 'tool_result')) return { kind: 'text', text: TEXTS.afterTool }
  const said = blocks.map(({ text = '' }) => withoutReminders(text)).join('\n')
  if (/\brate limit\b/i.test(said)) return { kind: 'rate-limit', text: TEXTS.afterRateLimit }
  if (/\becho\b/i.test(said) && request.tools?.some(({ name }) => name === 'Bash')) return toolScene()
  return { kind: 'text', text: TEXTS.plain }
}

function demoPrompt(title: string, prompt: string, ...options: readonly string[]): DemoPrompt {
  return { title, prompt, claudeArguments: ['-p', prompt, ...options] }
}

function toolScene(): Scene {
  const input = { command: 'echo "Hello from the demo"', description: 'Say hello' }
  return { kind: 'tool', text: TEXTS.beforeTool, name: 'Bash', input }
}

/** Claude Code puts messages of the role `system` behind the last one of the user. */
function lastUserBlocks(messages: readonly RequestMessage[]): readonly RequestBlock[] {
  const content = messages.findLast(({ role }) => role === 'user')?.content ?? []
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content
}

/** What Claude Code adds by itself, such as a project's CLAUDE.md, was not said by the user. */
function withoutReminders(text: string): string {
  return text.replace(/<system-reminder>[\s\S]*?<\/system-reminder>/g, '')
}

/** A value that a schema admits; the session titles of Claude Code are asked for that way. */
function exampleOf(schema: JsonSchema): unknown {
  if (schema.type === 'string') return 'A demo of claude-gw'
  if (schema.type === 'boolean') return true
  if (schema.type === 'number' || schema.type === 'integer') return 0
  if (schema.type === 'array') return []
  const properties = Object.entries(schema.properties ?? {})
  return Object.fromEntries(properties.map(([name, property]) => [name, exampleOf(property)]))
}
