import type { Ask, Heard, Question } from './hearing.ts'

/** What the upstream is asked. Each is asked once, when a check first wants it. */
export interface Questions {
  /** A request that is wrong on purpose: it costs nothing, and only the API itself words its answer. */
  readonly wrong: () => Promise<Heard>
  readonly models: () => Promise<Heard>
  /** How many tokens a short prompt has for a model; costs nothing. */
  readonly count: (model: string) => Promise<Heard>
  /** The same with a header and a field that belong together. */
  readonly countWithPair: () => Promise<Heard>
  /** The same with a field that nobody knows. */
  readonly countWithStranger: () => Promise<Heard>
  /** A streamed answer of some hundred tokens. */
  readonly stream: () => Promise<Heard>
  readonly ask: Ask
  /** The first of the models that are in use. */
  readonly model: string
}

export const MESSAGES = '/v1/messages?beta=true'
const COUNT = '/v1/messages/count_tokens?beta=true'
export const STRANGER = 'claude_gw_doctor'
const PAIR_BETA = 'context-management-2025-06-27'
const PAIR = { edits: [{ type: 'clear_tool_uses_20250919' }] }
const DISCOVERY_MS = 10_000
const STREAM_MS = 120_000

export function createQuestions(ask: Ask, model: string): Questions {
  const prompt = { model, messages: [{ role: 'user', content: 'Hello' }] }
  const counts = new Map<string, Promise<Heard>>()
  return {
    wrong: once(() => ask(wrongQuestion(model, 'Hello'))),
    models: once(() => ask({ method: 'GET', path: '/v1/models?limit=1000', answerMs: DISCOVERY_MS })),
    count: (name) => {
      const asked = counts.get(name) ?? ask(post(COUNT, { ...prompt, model: name }))
      counts.set(name, asked)
      return asked
    },
    countWithPair: once(() =>
      ask({
        ...post(COUNT, { ...prompt, context_management: PAIR }),
        headers: { 'anthropic-beta': `claude-code-20250219,${PAIR_BETA}` },
      }),
    ),
    countWithStranger: once(() => ask(post(COUNT, { ...prompt, [STRANGER]: true }))),
    stream: once(() => ask({ ...post(MESSAGES, streamed(model)), answerMs: STREAM_MS })),
    ask,
    model,
  }
}

/** No model can be asked for less than no token: the API says so, in its own words, and nothing is spent. */
export function wrongQuestion(model: string, content: string): Question {
  return post(MESSAGES, { model, max_tokens: -1, messages: [{ role: 'user', content }] })
}

export function post(path: string, body: object): Question {
  return { method: 'POST', path, body: JSON.stringify(body) }
}

/** Long enough to take seconds, so that what is held back can be told from what is fast. */
function streamed(model: string): object {
  const content = 'Count from 1 to 120 in digits, one number on each line. Write nothing else.'
  return { model, max_tokens: 500, stream: true, messages: [{ role: 'user', content }] }
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined
  return () => {
    asked ??= ask()
    return asked
  }
}
