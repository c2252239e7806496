import type { Check, Finding } from '../check.ts'
import { ok, skipped, warn } from '../check.ts'
import type { Answer, Heard } from './hearing.ts'
import { inWords, isThrottled, lacksModel, objectIn } from './hearing.ts'
import type { Questions } from './questions.ts'
import { obstacle } from './reach.ts'

/** Optional: without it, Claude Code counts by asking the model. */
export function countCheck(questions: Questions): Check {
  return {
    id: 'count-tokens',
    title: 'tokens can be counted',
    cost: 'requests',
    run: async () => {
      const heard = await questions.count(questions.model)
      const blocked = obstacle(await questions.wrong())
      if (blocked || heard.kind === 'silence') return blocked ?? skipped('there was no answer')
      if (isThrottled(heard)) return skipped(inWords(heard))
      const tokens = countIn(heard)
      if (tokens !== undefined) return judge(tokens)
      if (isMissing(heard) && !lacksModel(heard))
        return warn(`\`/v1/messages/count_tokens\` is not there (${inWords(heard)})`, {
          remedy: 'add the route to the gateway',
          degrades: ['/context, which then asks a model, and pays for it'],
        })
      if (lacksModel(heard)) return skipped(`${inWords(heard)}, see the models below`)
      return warn(inWords(heard), { remedy: 'look into the log of the gateway' })
    },
  }
}

function judge(tokens: number): Finding {
  const evidence = `${tokens} tokens for a greeting`
  if (isLikely(tokens)) return ok(evidence)
  return warn(`${evidence}, which the gateway has not got from the API`, {
    remedy: 'have the gateway pass `/v1/messages/count_tokens` on, or answer it with 404',
    degrades: ['compaction, which goes by these counts'],
  })
}

/** Why nothing can be told by counting. */
export async function countable(questions: Questions): Promise<Finding | undefined> {
  const blocked = obstacle(await questions.wrong())
  if (blocked) return blocked
  const heard: Heard = await questions.count(questions.model)
  return heard.kind === 'answer' && isLikely(countIn(heard))
    ? undefined
    : skipped('tokens cannot be counted, see `count-tokens`')
}

function isMissing({ status }: Answer): boolean {
  return [404, 405, 501].includes(status)
}

/** How many tokens an answer says there are; undefined where it is no count. */
export function countIn(answer: Answer): number | undefined {
  const tokens = objectIn(answer.text)?.['input_tokens']
  return answer.status === 200 && typeof tokens === 'number' ? tokens : undefined
}

/** A greeting has about eight. Some gateways answer with a number that they made up. */
export function isLikely(tokens: number | undefined): boolean {
  return tokens !== undefined && tokens > 0 && tokens < 100
}
