import type { AuthStyle } from '../../credentials/credential.ts'
import type { TimedAnswer } from '../../network/timed-answer.ts'

/** A request to the upstream, to which its credential and the headers of the configuration are added. */
export interface Question {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Beside those that every request has. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** How the credential is shown, if not as configured. */
  readonly auth?: AuthStyle
  readonly answerMs?: number
}

/** An answer with its body as text, without the coding of the wire. */
export interface Answer extends TimedAnswer {
  readonly kind: 'answer'
  readonly text: string
  /** Why it could not be decoded; the text is then what stood on the wire. */
  readonly codingFault?: string
}

/** That there was none. */
export interface Silence {
  readonly kind: 'silence'
  readonly cause: 'dns' | 'refused' | 'tls' | 'proxy' | 'timeout' | 'cut' | 'garbled' | 'other'
  readonly reason: string
  /** Of the error, as Node.js has it; empty where it has none. */
  readonly code: string
  /** How long it was waited for. */
  readonly afterMs: number
}

export type Heard = Answer | Silence

/** Never rejects for what the upstream does. */
export type Ask = (question: Question) => Promise<Heard>

/** An error in the words of the API (https://platform.claude.com/docs/en/api/errors). */
export interface ApiError {
  /** Whether it stands in the API's own envelope. */
  readonly isEnveloped: boolean
  readonly type: string
  readonly message: string
}

/** The error of an answer; gateways also have `{"error":"text"}`, `{"message":"text"}`, and WSO2 `{"fault":{…}}`. */
export function errorIn({ text }: Answer): ApiError {
  const body = objectIn(text)
  const error = objectOf(body?.['error']) ?? objectOf(body?.['fault'])
  const message = textOf(error?.['message']) || textOf(body?.['error']) || textOf(body?.['message'])
  const type = textOf(error?.['type'])
  return { isEnveloped: body?.['type'] === 'error' && type !== '' && message !== '', type, message }
}

/** The JSON object that a text is; undefined for anything else. */
export function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return objectOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

const LONGEST = 160

/** An answer in a few words: its status, and what it says. */
export function inWords(heard: Heard): string {
  if (heard.kind === 'silence') return heard.reason
  const { message } = errorIn(heard)
  const said = message || (isHtml(heard) ? 'a page of HTML' : '')
  const short = said.length > LONGEST ? `${said.slice(0, LONGEST)}…` : said
  return short ? `HTTP ${heard.status}: ${short}` : `HTTP ${heard.status}`
}

export function isHtml({ headers, text }: Answer): boolean {
  return /html/i.test(headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(text)
}

/** Whether it was refused for how often it is asked, which tells nothing of what was asked. */
export function isThrottled(heard: Heard): boolean {
  return heard.kind === 'answer' && (heard.status === 429 || heard.status === 529)
}

/** LiteLLM also tells the name of the model where something else is wrong. */
const LACK =
  '(unknown|invalid|unsupported|no such|no healthy|no access|does not exist|not (found|supported|allowed|available))'
const NO_MODEL = new RegExp(`\\b${LACK}\\b.*\\bmodel|\\bmodel\\b.*\\b${LACK}\\b`, 'i')

/** Whether a model is not known, rather than the path. */
export function lacksModel(answer: Answer): boolean {
  const { type, message } = errorIn(answer)
  if (answer.status === 404) return type === 'not_found_error' && /model/i.test(message)
  return [400, 403].includes(answer.status) && NO_MODEL.test(message)
}
