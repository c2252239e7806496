import { isJsonObject } from '../json/object.ts'
import type { Inquiry, InquiryAnswer } from '../network/inquiry.ts'

/** A request that only a key lets through. */
export interface Question extends Pick<Inquiry, 'method' | 'path' | 'body'> {
  readonly isProof: (answer: InquiryAnswer) => boolean
}

/** Costs no tokens (https://platform.claude.com/docs/en/api/models-list). */
export const MODELS: Question = {
  method: 'GET',
  path: '/v1/models?limit=1',
  body: '',
  // A page to log in on has the status 200 as well.
  isProof: ({ status, body }) => isSuccess(status) && isJsonObject(parse(body)),
}

/** For a gateway that lists no models. One that finds fault with the request itself has let the key in. */
export const MESSAGE: Question = {
  method: 'POST',
  path: '/v1/messages',
  body: JSON.stringify({
    model: 'claude-haiku-4-5',
    max_tokens: 1,
    messages: [{ role: 'user', content: 'hi' }],
  }),
  isProof: (answer) =>
    MODELS.isProof(answer) || [400, 429, 529].includes(answer.status) || lacksModel(answer),
}

/** What an answer says about the key; the reason is in the words of the upstream, whatever they hold. */
export type Verdict =
  | { readonly kind: 'proved' }
  | { readonly kind: 'refused' | 'not-served' | 'unproved'; readonly reason: string }

export function judge({ isProof }: Question, answer: InquiryAnswer): Verdict {
  if (isProof(answer)) return { kind: 'proved' }
  const reason = wordsOf(answer)
  if ([401, 403].includes(answer.status)) return { kind: 'refused', reason }
  if ([404, 405, 501].includes(answer.status)) return { kind: 'not-served', reason }
  return { kind: 'unproved', reason }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

/** The error of https://platform.claude.com/docs/en/api/errors for a model that is not there, or not for this key. */
function lacksModel({ status, body }: InquiryAnswer): boolean {
  const error = errorIn(body)
  return status === 404 && error.type === 'not_found_error' && /model/i.test(error.message)
}

function wordsOf({ status, location, body }: InquiryAnswer): string {
  const isRedirect = status >= 300 && status < 400 && location !== undefined
  if (isRedirect) return `HTTP ${status}, it redirects to ${originOf(location)}`
  const { message } = errorIn(body)
  if (message) return `HTTP ${status}: ${message}`
  return isSuccess(status) ? `HTTP ${status}, but not in JSON` : `HTTP ${status}`
}

function originOf(location: string): string {
  return URL.canParse(location) ? new URL(location).origin : 'another path'
}

interface ApiError {
  readonly type: string
  readonly message: string
}

/** The API has `{"error":{"type","message"}}`; gateways also have a text there, or `{"message"}`. */
function errorIn(body: string): ApiError {
  const answer = parse(body)
  if (!isJsonObject(answer)) return { type: '', message: '' }
  const error = isJsonObject(answer['error']) ? answer['error'] : answer
  return { type: textOf(error['type']), message: textOf(error['message']) || textOf(answer['error']) }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
