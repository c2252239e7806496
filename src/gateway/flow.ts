import type { IncomingMessage, ServerResponse } from 'node:http'
import { GatewayError } from '../base/errors.ts'
import type { Outcome } from '../exchange/exchange.ts'
import { answerChange } from './answer-change.ts'
import { Attempts } from './attempts.ts'
import { ExchangeBodies } from './exchange-bodies.ts'
import { ExchangeFacts } from './exchange-facts.ts'
import { internalError, redirectError } from './failure.ts'
import type { FlowSettings } from './flow-settings.ts'
import { isPoliced, namesModel } from './model-call.ts'
import { pathOf, policyRequest } from './policy-request.ts'
import { outcomeOf } from './record.ts'
import type { Change, RelayObserver } from './relay.ts'
import { relayAnswer } from './relay.ts'
import { errorReply, sendReply } from './reply.ts'
import type { Supplied } from './supply.ts'
import type { Tap } from './tap.ts'
import { createTap } from './tap.ts'
import type { Task } from './when-all.ts'
import { whenAll } from './when-all.ts'

/** The way of one request: what it is given, its answer, its end. */
export class Flow {
  readonly #settings: FlowSettings
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #facts: ExchangeFacts
  readonly #attempts: Attempts
  readonly #bodies: ExchangeBodies | undefined
  #tap: Tap | undefined
  #isFinished = false

  constructor(settings: FlowSettings, request: IncomingMessage, response: ServerResponse, target: string) {
    this.#settings = settings
    this.#request = request
    this.#response = response
    this.#facts = new ExchangeFacts(request, target)
    this.#bodies = settings.bodies && new ExchangeBodies(settings.bodies, this.#facts)
    this.#attempts = new Attempts(settings, this.#facts, request, response, {
      onAnswer: (answer) => this.#relay(answer),
      onError: (error) => this.#fault(error, 'upstream_error'),
    })
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
      this.#checkPath()
      this.#checkSize()
      const supplied = this.#settings.supply.current()
      const ready = this.#settings.agent.ready()
      if (this.#isHeld() || ready || supplied instanceof Promise) void this.#passLater(supplied, ready)
      else this.#attempts.begin(supplied)
    } catch (error) {
      this.#fault(error)
    }
  }

  async #passLater(supplied: Supplied | Promise<Supplied>, ready: Promise<void> | undefined): Promise<void> {
    const { body } = this.#facts
    const { aliases, maxBodyBytes } = this.#settings
    try {
      const read = this.#isHeld() ? body.readWhole(maxBodyBytes) : undefined
      const [found] = await Promise.all([supplied, ready, read])
      this.#checkSize()
      if (this.#canNameAlias()) body.rename(aliases)
      if (!this.#isPoliced() || (await this.#isLetPass())) this.#attempts.begin(found)
    } catch (error) {
      this.#fault(error)
    }
  }

  /** @throws GatewayError of a policy */
  #checkPath(): void {
    const refused = this.#settings.policies?.admit(pathOf(this.#facts.target))
    if (!refused?.rejection) return
    this.#facts.verdict = refused
    throw refused.rejection
  }

  /** @throws GatewayError BODY_TOO_LARGE */
  #checkSize(): void {
    const { maxBodyBytes } = this.#settings
    if ((this.#facts.body.length ?? 0) > maxBodyBytes)
      throw new GatewayError('BODY_TOO_LARGE', { limit: maxBodyBytes })
  }

  /**
   * A body of known length streams on as it comes. A chunked one is read whole first, so that it goes out with one exact
   * length: http-proxy-3 lets a chunked DELETE smuggle a second request (the defect of CVE-2026-29057). One that may
   * name an alias is too, because what is sent in its place has another length, and one that a policy shall look at.
   */
  #isHeld(): boolean {
    return this.#facts.body.isChunked || this.#canNameAlias() || this.#isPoliced()
  }

  #isPoliced(): boolean {
    return this.#settings.policies !== undefined && isPoliced(this.#facts)
  }

  /** Asks the policies, once; what they change goes out, in a second attempt as well. @throws GatewayError of a policy */
  async #isLetPass(): Promise<boolean> {
    const facts = this.#facts
    // The client left in the middle: nothing of it may go out unseen.
    if (this.#isFinished || !facts.body.isWhole) return false
    const verdict = await this.#settings.policies?.decide(policyRequest(facts))
    if (this.#isFinished) {
      verdict?.settle(undefined, false)
      return false
    }
    facts.verdict = verdict
    if (verdict?.rejection) throw verdict.rejection
    if (verdict?.body) facts.body.replace(verdict.body)
    return true
  }

  #canNameAlias(): boolean {
    return this.#settings.aliases.size > 0 && namesModel(this.#facts)
  }

  #relay(answer: IncomingMessage): void {
    const redirect = redirectError(answer, this.#settings.upstream)
    try {
      if (redirect) throw redirect
      this.#relayThrough(answer, answerChange(answer, this.#facts.verdict?.answer))
    } catch (error) {
      answer.destroy()
      this.#fault(error, 'upstream_error')
    }
  }

  #relayThrough(answer: IncomingMessage, change: Change | undefined): void {
    const facts = this.#facts
    const tap = createTap({
      status: answer.statusCode ?? 0,
      contentType: answer.headers['content-type'],
      contentEncoding: answer.headers['content-encoding'],
    })
    this.#tap = tap
    this.#bodies?.answerBegins(answer)
    const observer: RelayObserver = {
      onChunk: (chunk) => {
        tap.push(chunk, performance.now())
        this.#bodies?.push(chunk)
      },
      onSend: (bytes) => {
        if (facts.responseBytes === 0) setImmediate(() => this.#lookIntoRequest())
        facts.responseBytes += bytes
      },
      onEnd: (ending, deliver) => this.#finish(ending === 'whole' ? 'ok' : 'truncated', deliver),
    }
    relayAnswer(answer, this.#response, this.#settings.timeouts.idleMs, observer, change)
  }

  /** While the answer comes, when nobody waits for it. */
  #lookIntoRequest(): void {
    this.#facts.body.asked()
    if (!this.#isFinished) this.#bodies?.keepAhead()
  }

  #fault(error: unknown, outcome: 'refused' | 'upstream_error' = 'refused'): void {
    const isKnown = error instanceof GatewayError
    this.refuse(isKnown ? error : internalError(error, this.#settings.secretsOf(this.#facts)), outcome)
  }

  #finish(outcome: Outcome, deliver?: () => void): void {
    if (this.#isFinished) return
    this.#isFinished = true
    this.#facts.outcome = outcome
    if (outcome === 'client_aborted') this.#attempts.stop()
    else if (!this.#request.complete) this.#endUpload()
    whenAll(this.#readers(), () => {
      if (this.#bodies) this.#facts.bodies = this.#bodies.fields(outcomeOf(this.#facts))
      this.#settings.onFinish(this.#facts)
      deliver?.()
    })
  }

  /** What may still be at work on a copy of the answer, each for 50 ms at most. */
  #readers(): Task[] {
    const tap = this.#tap
    const bodies = this.#bodies
    const readSummary: Task = (done) =>
      tap?.finish((summary) => {
        this.#facts.summary = summary
        done()
      })
    return [...(tap ? [readSummary] : []), ...(bodies ? [(done: () => void) => bodies.finish(done)] : [])]
  }

  /** Answered before its end: the rest is read and dropped, so that the client's connection stays usable. */
  #endUpload(): void {
    this.#attempts.stop()
    this.#facts.body.dropRest()
  }
}
