import type { IncomingMessage } from 'node:http'
import type { GatewayError } from '../base/errors.ts'
import type { AttemptRecord, Outcome } from '../exchange/exchange.ts'
import type { PolicyVerdict } from '../policies/policy-list.ts'
import type { BodyFields } from './body-fields.ts'
import { RequestBody } from './request-body.ts'
import type { Supplied } from './supply.ts'
import type { TapSummary } from './tap.ts'

/** All that is seen of one exchange, while it goes on; `…Ms` are `performance.now()` times. */
export class ExchangeFacts {
  readonly startedAt = new Date()
  readonly startedMs = performance.now()
  readonly method: string
  /** As sent upstream: without the secret path prefix of the gateway. */
  readonly target: string
  readonly rawHeaders: readonly string[]
  readonly body: RequestBody
  /** What the first attempt was given, and behind it what a replay was given in its place. */
  readonly supplies: Supplied[] = []
  readonly attempts: AttemptRecord[] = []
  answer: IncomingMessage | undefined
  answeredMs: number | undefined
  responseBytes = 0
  /** What the tap read in the answer. */
  summary: TapSummary | undefined
  /** Why we answered ourselves, if we did. */
  refusal: GatewayError | undefined
  outcome: Outcome = 'client_aborted'
  /** What policies made of the request, where they were asked. */
  verdict: PolicyVerdict | undefined
  /** What became of the bodies, where they are kept. */
  bodies: BodyFields = {}
  #attemptMs = 0
  #isAwaited = false

  constructor(request: IncomingMessage, target: string) {
    this.method = request.method ?? ''
    this.target = target
    this.rawHeaders = request.rawHeaders
    this.body = new RequestBody(request)
  }

  /** How many attempts so far got no answer. */
  get failures(): number {
    return this.attempts.filter(({ status }) => status === undefined).length
  }

  /** Whether the upstream was asked at all. */
  get wasSent(): boolean {
    return this.#attemptMs > 0
  }

  /** Whether an answer is awaited: an attempt is under way that has none. */
  get isAwaited(): boolean {
    return this.#isAwaited
  }

  attemptBegins(): void {
    this.#attemptMs = performance.now()
    this.#isAwaited = true
  }

  /** An attempt got no answer. */
  attemptFailed(reason: string): void {
    this.#isAwaited = false
    this.attempts.push({ duration_ms: Math.round(performance.now() - this.#attemptMs), reason })
  }

  answered(answer: IncomingMessage): void {
    this.answer = answer
    this.answeredMs = performance.now()
    this.#isAwaited = false
  }

  /** What was answered is not for the client: there is another attempt. */
  answerDropped(reason: string): void {
    const durationMs = Math.round((this.answeredMs ?? this.#attemptMs) - this.#attemptMs)
    this.attempts.push({ status: this.answer?.statusCode ?? 0, duration_ms: durationMs, reason })
    this.answer = undefined
    this.answeredMs = undefined
  }
}
