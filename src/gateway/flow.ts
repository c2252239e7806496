import type { IncomingMessage, ServerResponse } from 'node:http'
import { GatewayError, reasonOf } from '../base/errors.ts'
import type { Credential } from '../credentials/credential.ts'
import { defaultAuthStyle, isOauthToken } from '../credentials/credential.ts'
import type { AttemptRecord, Outcome } from '../exchange/exchange.ts'
import type { Failure } from './attempt.ts'
import type { ExchangeFacts } from './exchange-facts.ts'
import { failureError, redirectError } from './failure.ts'
import type { FlowSettings } from './flow-settings.ts'
import { outgoingHeaders } from './headers.ts'
import { relayAnswer } from './relay.ts'
import { errorReply, sendReply } from './reply.ts'
import { RequestBody } from './request-body.ts'
import { refusesCredential, retryDelayMs } from './retry.ts'
import type { Tap, TapSummary } from './tap.ts'
import { createTap } from './tap.ts'

/** The way of one request: credential, attempts, answer, end. */
export class Flow implements ExchangeFacts {
  readonly startedAt = new Date()
  readonly startedMs = performance.now()
  readonly method: string
  readonly target: string
  readonly rawHeaders: readonly string[]
  readonly body: RequestBody
  readonly attempts: AttemptRecord[] = []
  credential: Credential | undefined
  isRefreshed = false
  answer: IncomingMessage | undefined
  answeredMs: number | undefined
  responseBytes = 0
  summary: TapSummary | undefined
  refusal: GatewayError | undefined
  outcome: Outcome = 'client_aborted'
  readonly #settings: FlowSettings
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  #tap: Tap | undefined
  #attemptMs = 0
  #abort: (() => void) | undefined
  #isFinished = false

  constructor(settings: FlowSettings, request: IncomingMessage, response: ServerResponse, target: string) {
    this.#settings = settings
    this.#request = request
    this.#response = response
    this.method = request.method ?? ''
    this.target = target
    this.rawHeaders = request.rawHeaders
    this.body = new RequestBody(request)
    response.on('close', () => this.#finish('client_aborted'))
  }

  /** Ends the exchange with an answer of our own. */
  refuse(error: GatewayError, outcome: 'refused' | 'upstream_error' = 'refused'): void {
    this.refusal = error
    this.#finish(outcome, () => sendReply(this.#response, errorReply(error)))
  }

  /** Sends the request upstream and its answer back; in the same tick if nothing has to be waited for. */
  pass(): void {
    if (this.#response.destroyed) {
      this.#finish('client_aborted')
      return
    }
    try {
      const credential = this.#settings.credentials?.source.current()
      if (this.body.isChunked || credential instanceof Promise) void this.#passLater(credential)
      else this.#passWith(credential)
    } catch (error) {
      this.#fault(error)
    }
  }

  /**
   * A body of known length streams on as it comes. A chunked one is read whole first, so that it goes out with one exact
   * length: http-proxy-3 lets a chunked DELETE smuggle a second request (the defect of CVE-2026-29057).
   */
  async #passLater(credential: Credential | Promise<Credential> | undefined): Promise<void> {
    try {
      const body = this.body.isChunked ? this.body.readWhole(this.#settings.maxBodyBytes) : undefined
      const [found] = await Promise.all([credential, body])
      this.#passWith(found)
    } catch (error) {
      this.#fault(error)
    }
  }

  #passWith(credential: Credential | undefined): void {
    const { maxBodyBytes } = this.#settings
    if ((this.body.length ?? 0) > maxBodyBytes)
      throw new GatewayError('BODY_TOO_LARGE', { limit: maxBodyBytes })
    this.credential = credential
    this.#attempt(this.body.isWhole ? this.body.chunks : undefined)
  }

  /** @param chunks the kept body; undefined streams the request, which is kept on its way */
  #attempt(chunks?: readonly Buffer[]): void {
    if (this.#isFinished) return
    const { send, agent } = this.#settings
    agent.dropStale()
    this.#attemptMs = performance.now()
    const headers = this.#outgoingHeaders()
    if (!chunks) this.body.keep()
    this.#abort = send({
      request: this.#request,
      response: this.#response,
      path: this.target,
      headers,
      chunks,
      onAnswer: (answer) => this.#onAnswer(answer),
      onFailure: (failure) => this.#onFailure(failure),
    })
  }

  #outgoingHeaders(): Record<string, string | string[]> {
    const { upstream, credentials, extraHeaders } = this.#settings
    return outgoingHeaders(this.rawHeaders, {
      host: upstream.url.host,
      contentLength: this.body.length,
      extra: extraHeaders,
      credential: this.credential && {
        value: this.credential.value,
        style: credentials?.style ?? defaultAuthStyle(this.credential.value, upstream.isAnthropic),
        isOauth: isOauthToken(this.credential.value),
      },
    })
  }

  #onAnswer(answer: IncomingMessage): void {
    const status = answer.statusCode ?? 0
    const mayReplay = this.credential && this.body.isWhole && !this.isRefreshed
    if (mayReplay && refusesCredential(status))
      void this.#refreshAndReplay(answer, this.credential as Credential)
    else this.#relay(answer)
  }

  /** The one replay after a refused credential, and only with another one; else the refusal goes to the client. */
  async #refreshAndReplay(answer: IncomingMessage, refused: Credential): Promise<void> {
    try {
      const fresh = await this.#settings.credentials?.source.refresh(refused)
      if (!fresh || fresh.value === refused.value) throw new Error('the same credential')
      this.#noteAttempt('credential refused', answer.statusCode)
      answer.destroy()
      this.credential = fresh
      this.isRefreshed = true
      this.#attempt(this.body.chunks)
    } catch {
      // The upstream's own words say more than why there is no other credential.
      this.#relay(answer)
    }
  }

  #relay(answer: IncomingMessage): void {
    if (this.#isFinished) return
    this.answer = answer
    this.answeredMs = performance.now()
    const redirect = redirectError(answer, this.#settings.upstream)
    try {
      if (redirect) throw redirect
      this.#relayUnchanged(answer)
    } catch (error) {
      answer.destroy()
      this.#fault(error, 'upstream_error')
    }
  }

  #relayUnchanged(answer: IncomingMessage): void {
    const tap = createTap({
      status: answer.statusCode ?? 0,
      contentType: answer.headers['content-type'],
      contentEncoding: answer.headers['content-encoding'],
    })
    this.#tap = tap
    relayAnswer(answer, this.#response, this.#settings.timeouts.idleMs, {
      onChunk: (chunk) => {
        if (this.responseBytes === 0) setImmediate(() => this.body.asked())
        this.responseBytes += chunk.length
        tap.push(chunk, performance.now())
      },
      onEnd: (ending, deliver) => this.#finish(ending === 'whole' ? 'ok' : 'truncated', deliver),
    })
  }

  #onFailure(failure: Failure): void {
    if (this.#isFinished) return
    const delayMs = retryDelayMs(failure, this.attempts.length + 1, this.#settings.retry)
    this.#noteAttempt(`${failure.kind}: ${failure.reason}`)
    if (delayMs !== undefined) void this.#replay(delayMs)
    else
      this.refuse(
        failureError(failure, this.#settings.upstream.name, this.#settings.timeouts),
        'upstream_error',
      )
  }

  async #replay(delayMs: number): Promise<void> {
    await this.body.readWhole(this.#settings.maxBodyBytes)
    setTimeout(() => {
      try {
        this.#attempt(this.body.chunks)
      } catch (error) {
        this.#fault(error)
      }
    }, delayMs)
  }

  #noteAttempt(reason: string, status?: number): void {
    const durationMs = Math.round(performance.now() - this.#attemptMs)
    this.attempts.push({ ...(status !== undefined && { status }), duration_ms: durationMs, reason })
  }

  #fault(error: unknown, outcome: 'refused' | 'upstream_error' = 'refused'): void {
    const known = error instanceof GatewayError
    this.refuse(known ? error : new GatewayError('INTERNAL', { reason: reasonOf(error) }, error), outcome)
  }

  #finish(outcome: Outcome, deliver?: () => void): void {
    if (this.#isFinished) return
    this.#isFinished = true
    const conclude = (summary?: TapSummary) => {
      this.summary = summary
      this.outcome = outcome
      this.#settings.onFinish(this)
      deliver?.()
    }
    if (outcome === 'client_aborted') this.#abort?.()
    else if (!this.#request.complete) this.#endUpload()
    if (this.#tap) this.#tap.finish(conclude)
    else conclude()
  }

  /** Answered before its end: the rest is read and dropped, so that the client's connection stays usable. */
  #endUpload(): void {
    this.#abort?.()
    this.body.dropRest()
  }
}
