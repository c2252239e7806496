import type { PolicyDecision } from '../exchange/exchange.ts'
import type { PolicyRequest, RuleSight } from './policy.ts'
import type { PolicyList, PolicyVerdict } from './policy-list.ts'

/** What the policies would do with a request, and with an answer to it. */
export interface Rehearsal {
  /** Those that are asked, in their order; the last one may reject. None where the request is refused before its body is read. */
  readonly steps: readonly RehearsalStep[]
  readonly verdict: PolicyVerdict
  /** What they would find in the answer; absent where there is none, or nothing would be looked for in it. */
  readonly answer?: readonly PolicyDecision[]
}

export interface RehearsalStep {
  /** As those before have left it: the spans are in it. */
  readonly body: Buffer
  readonly sights: readonly RuleSight[]
}

/** Asks all policies as a gateway would, for a request that is not sent: nothing is held for it, and nothing counts. */
export async function rehearse(list: PolicyList, request: PolicyRequest): Promise<Rehearsal> {
  const steps: RehearsalStep[] = []
  const refused = list.admit(request.path)
  if (refused) return { steps, verdict: refused }
  const verdict = await list.decide(request, async (policy, asked) => {
    steps.push({ body: asked.body, sights: (await policy.explain?.(asked)) ?? [] })
    return policy.rehearse ? policy.rehearse(asked) : policy.apply(asked)
  })
  verdict.settle(undefined, false)
  return { steps, verdict }
}

/** The same for a request that policies are asked about only by its path. */
export function rehearseAdmission(list: PolicyList, { path }: PolicyRequest): Rehearsal {
  return { steps: [], verdict: list.admit(path) ?? { decisions: [], settle: () => undefined } }
}

/** Whether something would be looked for in an answer to the request. */
export function isAnswerGuarded({ verdict }: Rehearsal): boolean {
  return !verdict.rejection && verdict.answer?.decisions !== undefined
}

/** Lets an answer go through what it would, once. @param body the whole of it, as the upstream sent it, decoded */
export function rehearseAnswer(rehearsal: Rehearsal, body: Buffer): Rehearsal {
  const { answer } = rehearsal.verdict
  answer?.push(body)
  answer?.end()
  return { ...rehearsal, answer: answer?.decisions?.() ?? [] }
}
