import type { GatewayError } from '../base/errors.ts'
import type { PolicyDecision } from '../exchange/exchange.ts'
import type { Edit } from '../json/splice.ts'
import { splice } from '../json/splice.ts'
import type { AnswerTransform } from './answer-transform.ts'
import type { Outcome, Policy, PolicyRequest, Settle } from './policy.ts'

/** What all policies together make of a request. */
export interface PolicyVerdict {
  readonly decisions: readonly PolicyDecision[]
  /** What is sent in the place of the body; undefined where it stays. */
  readonly body?: Buffer
  readonly rejection?: GatewayError
  readonly answer?: AnswerTransform
  /** To be called when the exchange has ended; further calls do nothing. */
  readonly settle: Settle
}

/** The policies that are on, as one. */
export class PolicyList {
  readonly #policies: readonly Policy[]

  /** @param policies in the order in which they are asked */
  constructor(policies: readonly Policy[]) {
    this.#policies = policies
  }

  /** The first refusal of a request of any kind, before its body is read. @param path without the query */
  admit(path: string): PolicyVerdict | undefined {
    for (const policy of this.#policies) {
      const outcome = policy.admit?.(path)
      if (outcome?.rejection) return verdictOf([outcome], undefined)
    }
    return undefined
  }

  /**
   * Asks one after the other, each about the body as those before have left it, until one rejects.
   * @param ask asks one of them
   * @throws what a policy throws; what is held by then is given back
   */
  async decide(
    request: PolicyRequest,
    ask: (policy: Policy, request: PolicyRequest) => Outcome | Promise<Outcome> = apply,
  ): Promise<PolicyVerdict> {
    const outcomes: Outcome[] = []
    let { body } = request
    try {
      for (const policy of this.#policies) {
        const outcome = await ask(policy, { ...request, body })
        outcomes.push(outcome)
        if (outcome.rejection) break
        body = edited(body, outcome.edits)
      }
    } catch (error) {
      settleAll(outcomes)(undefined, false)
      throw error
    }
    return verdictOf(outcomes, body === request.body ? undefined : body)
  }

  async close(): Promise<void> {
    await Promise.all(this.#policies.map((policy) => policy.close?.()))
  }
}

function apply(policy: Policy, request: PolicyRequest): Outcome | Promise<Outcome> {
  return policy.apply(request)
}

function edited(body: Buffer, edits: readonly Edit[] = []): Buffer {
  return edits.length === 0 ? body : Buffer.concat(splice([body], edits))
}

function verdictOf(outcomes: readonly Outcome[], body: Buffer | undefined): PolicyVerdict {
  const rejection = outcomes.at(-1)?.rejection
  const decisions = outcomes.flatMap((outcome) => outcome.decisions)
  const settle = settleAll(outcomes)
  if (rejection) return { decisions, rejection, settle }
  const answer = chained(outcomes.flatMap((outcome) => outcome.answer ?? []))
  return { decisions, settle, ...(body && { body }), ...(answer && { answer }) }
}

function settleAll(outcomes: readonly Outcome[]): Settle {
  let isSettled = false
  return (record, isInLedger) => {
    if (isSettled) return
    isSettled = true
    for (const { settle } of outcomes) settle?.(record, isInLedger)
  }
}

/** What was done last is undone first. */
function chained(transforms: readonly AnswerTransform[]): AnswerTransform | undefined {
  return transforms.reduceRight<AnswerTransform | undefined>(
    (first, then) => (first ? inTurn(first, then) : then),
    undefined,
  )
}

function inTurn(first: AnswerTransform, then: AnswerTransform): AnswerTransform {
  return {
    push: (chunk) => then.push(first.push(chunk)),
    end: () => Buffer.concat([then.push(first.end()), then.end()]),
    passUnread: () => [first, then].every((transform) => transform.passUnread?.()),
    decisions: () => [first, then].flatMap((transform) => transform.decisions?.() ?? []),
  }
}
