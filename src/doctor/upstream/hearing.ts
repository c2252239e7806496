import type { TimedAnswer } from '../../network/timed-answer.ts'

/** A request to the upstream, to which its credential and the headers of the configuration are added. */
export interface Question {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Beside those that every request has. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** How the credential is shown, if not as configured. */
  readonly auth?: 'bearer' | 'x-api-key'
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
  readonly cause: 'dns' | 'refused' | 'tls' | 'proxy' | 'timeout' | 'cut' | 'other'
  readonly reason: string
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

/** The error of an answer; gateways also have `{"error":"text"}` or `{"message":"text"}`. */
export function errorIn({ text }: Answer): ApiError {
  const body = objectIn(text)
  const error = objectOf(body?.['error'])
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

/** Who the headers say has answered: `nginx`, `cloudflare`; empty where they do not. */
export function serverOf({ headers }: Answer): string {
  const names = [headers['server'], headers['via'], headers['cf-ray'] && 'cloudflare']
  return [...new Set(names.filter((name) => typeof name === 'string' && name !== ''))].join(', ')
}
