import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { authStyle, isOauthToken } from '../credentials/credential.ts'
import type { Failure } from './attempt.ts'
import type { ExchangeFacts } from './exchange-facts.ts'
import { failureError } from './failure.ts'
import type { FlowSettings } from './flow-settings.ts'
import { outgoingHeaders } from './headers.ts'
import type { Waiting } from './retry.ts'
import { refusesCredential, retryDelayMs, throttleDelayMs } from './retry.ts'
import type { Supplied } from './supply.ts'

/** How long a refused request may still take to arrive, so that it can be sent again. */
const UPLOAD_PATIENCE_MS = 5_000

/** What attempts come to: one of the two is called, once, unless they are stopped before. */
export interface AttemptsObserver {
  /** Nothing of the answer was read. */
  onAnswer(answer: IncomingMessage): void
  onError(error: unknown): void
}

/** Gets an answer to one request, where it may in a second attempt: always before any byte went to the client. */
export class Attempts {
  readonly #settings: FlowSettings
  readonly #facts: ExchangeFacts
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #observer: AttemptsObserver
  #close: (() => void) | undefined
  #isStopped = false
  #waited: Waiting = { count: 0, ms: 0 }

  constructor(
    settings: FlowSettings,
    facts: ExchangeFacts,
    request: IncomingMessage,
    response: ServerResponse,
    observer: AttemptsObserver,
  ) {
    this.#settings = settings
    this.#facts = facts
    this.#request = request
    this.#response = response
    this.#observer = observer
  }

  begin(supplied: Supplied): void {
    const { body, supplies } = this.#facts
    supplies.push(supplied)
    this.#send(supplied, body.isWhole ? body.chunks : undefined)
  }

  /** Nothing more is sent, and an answer that is awaited or under way is broken off. */
  stop(): void {
    this.#isStopped = true
    this.#close?.()
  }

  /** @param chunks the kept body; undefined streams the request, which is kept on its way */
  #send(supplied: Supplied, chunks?: readonly Buffer[]): void {
    if (this.#isStopped) return
    const { send, agent } = this.#settings
    agent.dropStale()
    this.#facts.attemptBegins()
    const headers = this.#outgoingHeaders(supplied)
    if (!chunks) this.#facts.body.keep()
    this.#close = send({
      request: this.#request,
      response: this.#response,
      path: this.#facts.target,
      headers,
      chunks,
      onAnswer: (answer) => this.#onAnswer(answer, supplied),
      onFailure: (failure) => this.#onFailure(failure, supplied),
    })
  }

  #outgoingHeaders({ credential, headers }: Supplied): Record<string, string | string[]> {
    const { upstream, authStyle: configured } = this.#settings
    return outgoingHeaders(this.#facts.rawHeaders, {
      host: upstream.url.host,
      contentLength: this.#facts.body.length,
      extra: headers,
      isPlainWanted: this.#facts.verdict?.answer !== undefined,
      credential: credential && {
        value: credential.value,
        style: authStyle(credential, configured, upstream.isAnthropic),
        isOauth: isOauthToken(credential.value),
      },
    })
  }

  #onAnswer(answer: IncomingMessage, supplied: Supplied): void {
    if (this.#isStopped) return
    this.#facts.answered(answer)
    const { statusCode: status = 0, headers } = answer
    const canChange = supplied.secrets.length > 0 && this.#facts.supplies.length === 1
    const canWait = this.#settings.retry === '429'
    const delayMs = canWait ? throttleDelayMs(status, headers, this.#waited) : undefined
    if (canChange && refusesCredential(status)) void this.#tryAnother(answer, supplied)
    else if (delayMs !== undefined) void this.#waitOut(answer, supplied, delayMs)
    else this.#observer.onAnswer(answer)
  }

  /** The one replay after a refused credential, and only with another one. */
  async #tryAnother(refusal: IncomingMessage, refused: Supplied): Promise<void> {
    const { body } = this.#facts
    if (!body.isWhole) await this.#awaitUpload()
    const canReplay = body.isWhole && !this.#isStopped
    const fresh = canReplay ? await this.#settings.supply.refresh(refused) : undefined
    if (this.#isStopped) return
    if (fresh) this.#replace(refusal, fresh)
    // The upstream's own words say more than why there is no other credential.
    else this.#observer.onAnswer(refusal)
  }

  /** A client that wants the answer before it sends the rest is not kept waiting for ever. */
  async #awaitUpload(): Promise<void> {
    const patience = delay(UPLOAD_PATIENCE_MS, undefined, { ref: false })
    await Promise.race([this.#facts.body.readWhole(this.#settings.maxBodyBytes), patience])
  }

  #replace(refusal: IncomingMessage, supplied: Supplied): void {
    this.#facts.answerDropped('credential refused')
    this.#facts.supplies.push(supplied)
    refusal.destroy()
    this.#resend(supplied)
  }

  /** A throttled request goes out again, after a time that nobody else hears of. */
  async #waitOut(refusal: IncomingMessage, supplied: Supplied, delayMs: number): Promise<void> {
    const { body } = this.#facts
    if (!body.isWhole) await this.#awaitUpload()
    if (this.#isStopped) return
    if (!body.isWhole) {
      this.#observer.onAnswer(refusal)
      return
    }
    this.#facts.answerDropped(`throttled, sent again after ${(delayMs / 1000).toFixed(1)} s`)
    this.#waited = { count: this.#waited.count + 1, ms: this.#waited.ms + delayMs }
    refusal.destroy()
    const timer = setTimeout(() => this.#resend(supplied), delayMs)
    this.#close = () => clearTimeout(timer)
  }

  #onFailure(failure: Failure, supplied: Supplied): void {
    if (this.#isStopped) return
    const { agent, timeouts, retry } = this.#settings
    const delayMs = retryDelayMs(failure, this.#facts.failures + 1, retry)
    this.#facts.attemptFailed(`${failure.kind}: ${failure.reason}`)
    if (delayMs === undefined) this.#observer.onError(failureError(failure, agent.route, timeouts))
    else void this.#retry(supplied, delayMs)
  }

  async #retry(supplied: Supplied, delayMs: number): Promise<void> {
    await this.#facts.body.readWhole(this.#settings.maxBodyBytes)
    setTimeout(() => this.#resend(supplied), delayMs)
  }

  #resend(supplied: Supplied): void {
    try {
      this.#send(supplied, this.#facts.body.chunks)
    } catch (error) {
      this.#observer.onError(error)
    }
  }
}
