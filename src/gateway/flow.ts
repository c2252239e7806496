import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { GatewayError } from '../base/errors.ts'
import { authStyle, isOauthToken } from '../credentials/credential.ts'
import type { Outcome } from '../exchange/exchange.ts'
import type { Failure } from './attempt.ts'
import { ExchangeFacts } from './exchange-facts.ts'
import { failureError, internalError, redirectError } from './failure.ts'
import type { FlowSettings } from './flow-settings.ts'
import { outgoingHeaders } from './headers.ts'
import { relayAnswer } from './relay.ts'
import { errorReply, sendReply } from './reply.ts'
import { refusesCredential, retryDelayMs } from './retry.ts'
import type { Supplied } from './supply.ts'
import type { Tap, TapSummary } from './tap.ts'
import { createTap } from './tap.ts'

/** How long a refused request may still take to arrive, so that it can be sent again. */
const UPLOAD_PATIENCE_MS = 5_000

/** The way of one request: what it is given, attempts, answer, end. */
export class Flow {
  readonly #settings: FlowSettings
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #facts: ExchangeFacts
  #tap: Tap | undefined
  #abort: (() => void) | undefined
  #isFinished = false

  constructor(settings: FlowSettings, request: IncomingMessage, response: ServerResponse, target: string) {
    this.#settings = settings
    this.#request = request
    this.#response = response
    this.#facts = new ExchangeFacts(request, target)
    response.on('close', () => this.#finish('client_aborted'))
  }

  /** Ends the exchange with an answer of our own. */
  refuse(error: GatewayError, outcome: 'refused' | 'upstream_error' = 'refused'): void {
    this.#facts.refusal = error
    this.#finish(outcome, () => sendReply(this.#response, errorReply(error)))
  }

  /** Sends the request upstream and its answer back; in the same tick if nothing has to be waited for. */
  pass(): void {
    if (this.#response.destroyed) {
      this.#finish('client_aborted')
      return
    }
    try {
      const supplied = this.#settings.supply.current()
      const ready = this.#settings.agent.ready()
      if (this.#facts.body.isChunked || ready || supplied instanceof Promise)
        void this.#passLater(supplied, ready)
      else this.#passWith(supplied)
    } catch (error) {
      this.#fault(error)
    }
  }

  /**
   * A body of known length streams on as it comes. A chunked one is read whole first, so that it goes out with one exact
   * length: http-proxy-3 lets a chunked DELETE smuggle a second request (the defect of CVE-2026-29057).
   */
  async #passLater(supplied: Supplied | Promise<Supplied>, ready: Promise<void> | undefined): Promise<void> {
    const { body } = this.#facts
    try {
      const read = body.isChunked ? body.readWhole(this.#settings.maxBodyBytes) : undefined
      const [found] = await Promise.all([supplied, ready, read])
      this.#passWith(found)
    } catch (error) {
      this.#fault(error)
    }
  }

  #passWith(supplied: Supplied): void {
    const { body } = this.#facts
    const { maxBodyBytes } = this.#settings
    if ((body.length ?? 0) > maxBodyBytes) throw new GatewayError('BODY_TOO_LARGE', { limit: maxBodyBytes })
    this.#facts.supplies.push(supplied)
    this.#attempt(supplied, body.isWhole ? body.chunks : undefined)
  }

  /** @param chunks the kept body; undefined streams the request, which is kept on its way */
  #attempt(supplied: Supplied, chunks?: readonly Buffer[]): void {
    if (this.#isFinished) return
    const { send, agent } = this.#settings
    agent.dropStale()
    this.#facts.attemptBegins()
    const headers = this.#outgoingHeaders(supplied)
    if (!chunks) this.#facts.body.keep()
    this.#abort = send({
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
      credential: credential && {
        value: credential.value,
        style: authStyle(credential, configured, upstream.isAnthropic),
        isOauth: isOauthToken(credential.value),
      },
    })
  }

  #onAnswer(answer: IncomingMessage, supplied: Supplied): void {
    this.#facts.answered(answer)
    const mayReplay = supplied.secrets.length > 0 && this.#facts.supplies.length === 1
    if (mayReplay && refusesCredential(answer.statusCode ?? 0)) void this.#tryAnother(answer, supplied)
    else this.#relay(answer)
  }

  /** The one replay after a refused credential, and only with another one; else the refusal goes to the client. */
  async #tryAnother(refusal: IncomingMessage, refused: Supplied): Promise<void> {
    const { body } = this.#facts
    if (!body.isWhole) await this.#awaitUpload()
    const canReplay = body.isWhole && !this.#isFinished
    const fresh = canReplay ? await this.#settings.supply.refresh(refused) : undefined
    if (this.#isFinished) return
    try {
      // Without another one, the upstream's own words say more than why there is none.
      if (fresh) this.#replaceAttempt(refusal, fresh)
      else this.#relay(refusal)
    } catch (error) {
      this.#fault(error)
    }
  }

  /** A client that wants the answer before it sends the rest is not kept waiting for ever. */
  async #awaitUpload(): Promise<void> {
    const patience = delay(UPLOAD_PATIENCE_MS, undefined, { ref: false })
    await Promise.race([this.#facts.body.readWhole(this.#settings.maxBodyBytes), patience])
  }

  #replaceAttempt(refusal: IncomingMessage, supplied: Supplied): void {
    this.#facts.answerDropped('credential refused')
    this.#facts.supplies.push(supplied)
    refusal.destroy()
    this.#attempt(supplied, this.#facts.body.chunks)
  }

  #relay(answer: IncomingMessage): void {
    if (this.#isFinished) return
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
    const facts = this.#facts
    const tap = createTap({
      status: answer.statusCode ?? 0,
      contentType: answer.headers['content-type'],
      contentEncoding: answer.headers['content-encoding'],
    })
    this.#tap = tap
    relayAnswer(answer, this.#response, this.#settings.timeouts.idleMs, {
      onChunk: (chunk) => {
        if (facts.responseBytes === 0) setImmediate(() => facts.body.asked())
        facts.responseBytes += chunk.length
        tap.push(chunk, performance.now())
      },
      onEnd: (ending, deliver) => this.#finish(ending === 'whole' ? 'ok' : 'truncated', deliver),
    })
  }

  #onFailure(failure: Failure, supplied: Supplied): void {
    if (this.#isFinished) return
    const { upstream, timeouts, retry } = this.#settings
    const delayMs = retryDelayMs(failure, this.#facts.failures + 1, retry)
    this.#facts.attemptFailed(`${failure.kind}: ${failure.reason}`)
    if (delayMs !== undefined) void this.#replay(supplied, delayMs)
    else this.refuse(failureError(failure, upstream.name, timeouts), 'upstream_error')
  }

  async #replay(supplied: Supplied, delayMs: number): Promise<void> {
    const { body } = this.#facts
    await body.readWhole(this.#settings.maxBodyBytes)
    setTimeout(() => {
      try {
        this.#attempt(supplied, body.chunks)
      } catch (error) {
        this.#fault(error)
      }
    }, delayMs)
  }

  #fault(error: unknown, outcome: 'refused' | 'upstream_error' = 'refused'): void {
    const isKnown = error instanceof GatewayError
    this.refuse(isKnown ? error : internalError(error, this.#settings.secretsOf(this.#facts)), outcome)
  }

  #finish(outcome: Outcome, deliver?: () => void): void {
    if (this.#isFinished) return
    this.#isFinished = true
    const conclude = (summary?: TapSummary) => {
      this.#facts.summary = summary
      this.#facts.outcome = outcome
      this.#settings.onFinish(this.#facts)
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
    this.#facts.body.dropRest()
  }
}
