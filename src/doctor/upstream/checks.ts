import type { Check } from '../check.ts'
import { sizeCheck } from './body-limits.ts'
import { filterCheck } from './content-filter.ts'
import { credentialCheck, requestIdCheck } from './credential.ts'
import { clockCheck, rateLimitsCheck } from './head.ts'
import type { Ask } from './hearing.ts'
import { answerCheck, errorsCheck, routeCheck } from './messages.ts'
import { modelsCheck } from './models.ts'
import { betasCheck, countCheck, fieldsCheck } from './pairs.ts'
import { createQuestions } from './questions.ts'
import { reachCheck, redirectCheck } from './reach.ts'
import { compressionCheck, grammarCheck, pingsCheck, streamingCheck } from './streaming.ts'

export interface UpstreamCheckOptions {
  readonly ask: Ask
  /** Models that are in use, by the name that is asked for, and what is sent for it. The first one is asked most. */
  readonly models: readonly (readonly [asked: string, sent: string])[]
  readonly nowMs: () => number
}

/** All that is asked of an upstream, causes before what they cause. */
export function upstreamChecks({ ask, models, nowMs }: UpstreamCheckOptions): readonly Check[] {
  const questions = createQuestions(ask, models[0]?.[1] ?? '')
  return [
    reachCheck(questions),
    redirectCheck(questions),
    credentialCheck(questions),
    clockCheck(questions, nowMs),
    errorsCheck(questions),
    compressionCheck(questions),
    countCheck(questions),
    ...models.map(([asked, sent]) => routeCheck(questions, sent, asked)),
    fieldsCheck(questions),
    betasCheck(questions),
    modelsCheck(questions),
    filterCheck(questions),
    sizeCheck(questions),
    requestIdCheck(questions),
    rateLimitsCheck(questions),
    ...models.map(([asked, sent]) => answerCheck(questions, sent, asked)),
    streamingCheck(questions),
    pingsCheck(questions),
    grammarCheck(questions),
  ]
}
