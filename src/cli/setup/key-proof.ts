import { isJsonObject } from '../../json/object.ts'
import type { Inquiry, InquiryAnswer } from '../../network/inquiry.ts'

/** A request that only a key lets through. */
export interface Question extends Pick<Inquiry, 'method' | 'path'> {
  readonly body: string
  readonly isProof: (answer: InquiryAnswer) => boolean
  /** Statuses that refuse the key, */
  readonly refusals: readonly number[]
  /** and those after which another question may tell. */
  readonly openEnds: readonly number[]
}

/** Costs no tokens (https://platform.claude.com/docs/en/api/models-list). */
export const MODELS: Question = {
  method: 'GET',
  path: '/v1/models?limit=1',
  body: '',
  isProof: (answer) => hasList(answer, 'data'),
  refusals: [401],
  // Some gateways answer 403 where they have no such path, and some keys may not list models.
  openEnds: [403, 404, 405, 501],
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
  isProof: (answer) => hasList(answer, 'content') || isFaultOfRequest(answer) || lacksModel(answer),
  refusals: [401, 403],
  openEnds: [],
}

/** What an answer says about the key; the reason is in the words of the upstream, whatever they hold. */
export type Verdict =
  | { readonly kind: 'proved' }
  | { readonly kind: 'refused' | 'open' | 'unproved'; readonly reason: string }

export function judge({ isProof, refusals, openEnds }: Question, answer: InquiryAnswer): Verdict {
  const { status } = answer
  if (isProof(answer)) return { kind: 'proved' }
  const reason = wordsOf(answer)
  if (refusals.includes(status)) return { kind: 'refused', reason }
  return { kind: openEnds.includes(status) ? 'open' : 'unproved', reason }
}

/** A page to log in on, or an error, can have the status 200 as well. */
function hasList({ status, body }: InquiryAnswer, name: string): boolean {
  const answer = parse(body)
  return isSuccess(status) && isJsonObject(answer) && Array.isArray(answer[name])
}

/** Some gateways answer 400 to a bad key as well. */
function isFaultOfRequest({ status, body }: InquiryAnswer): boolean {
  const { type, message } = errorIn(body)
  return (
    status === 400 && type === 'invalid_request_error' && !/key|(?<!max_)token|auth|credential/i.test(message)
  )
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

/** The error of https://platform.claude.com/docs/en/api/errors for a model that is not there, or not for this key. */
function lacksModel({ status, body }: InquiryAnswer): boolean {
  const error = errorIn(body)
  return status === 404 && error.type === 'not_found_error' && /model/i.test(error.message)
}

/** Rate limits may count before a key is looked at. */
const BUSY = [429, 529]

function wordsOf({ status, location, body }: InquiryAnswer): string {
  const isRedirect = status >= 300 && status < 400 && location !== undefined
  if (isRedirect) return `HTTP ${status}, it redirects to ${originOf(location)}`
  const start = BUSY.includes(status) ? `HTTP ${status}, try again later` : `HTTP ${status}`
  const { message } = errorIn(body)
  if (message) return `${start}: ${message}`
  return isSuccess(status) ? `${start}, but not what the API would answer` : start
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
