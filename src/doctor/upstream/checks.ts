import type { Upstream } from '../../network/url.ts'
import type { Check } from '../check.ts'
import { dnsCheck, urlCheck } from './address.ts'
import { sizeCheck } from './body-limits.ts'
import { compressionCheck } from './compression.ts'
import { filterCheck } from './content-filter.ts'
import { countCheck } from './counting.ts'
import { credentialCheck, headersCheck, requestIdCheck } from './credential.ts'
import { clockCheck, rateLimitsCheck } from './head.ts'
import type { Ask } from './hearing.ts'
import { idleCheck } from './idle.ts'
import { answerCheck, errorsCheck, routeCheck } from './messages.ts'
import type { ModelInUse } from './model-in-use.ts'
import { modelsCheck } from './models.ts'
import { betasCheck, fieldsCheck } from './pairs.ts'
import { createQuestions } from './questions.ts'
import { reachCheck, redirectCheck } from './reach.ts'
import { grammarCheck, pingsCheck } from './stream-events.ts'
import { streamingCheck } from './streaming.ts'
import { tlsCheck } from './tls.ts'
import { tooLongCheck } from './too-long.ts'

export interface UpstreamCheckOptions {
  readonly ask: Ask
  readonly upstream: Upstream
  /** Whether a proxy stands before it. */
  readonly isProxied: boolean
  /** Models that are in use. The first one is asked most. */
  readonly models: readonly ModelInUse[]
  readonly nowMs: () => number
}

/** All that is asked of an upstream, causes before what they cause. */
export function upstreamChecks(options: UpstreamCheckOptions): readonly Check[] {
  const { ask, upstream, isProxied, models, nowMs } = options
  const questions = createQuestions(ask, models[0]?.sent ?? '')
  return [
    urlCheck(upstream),
    dnsCheck(upstream, isProxied),
    tlsCheck(questions, upstream, { isProxied, nowMs }),
    reachCheck(questions, isProxied),
    redirectCheck(questions),
    credentialCheck(questions),
    headersCheck(questions),
    clockCheck(questions, nowMs),
    errorsCheck(questions),
    compressionCheck(questions),
    countCheck(questions),
    ...models.map((model) => routeCheck(questions, model)),
    fieldsCheck(questions),
    betasCheck(questions),
    modelsCheck(questions),
    filterCheck(questions),
    sizeCheck(questions),
    requestIdCheck(questions),
    rateLimitsCheck(questions),
    ...models.map((model) => answerCheck(questions, model)),
    tooLongCheck(questions),
    streamingCheck(questions),
    grammarCheck(questions),
    pingsCheck(questions),
    idleCheck(questions),
  ]
}
