import type { Check } from '../check.ts'
import { fail, ok, skipped, warn } from '../check.ts'
import { countable, countIn } from './counting.ts'
import type { Answer } from './hearing.ts'
import { errorIn, inWords, isThrottled, objectIn } from './hearing.ts'
import type { Questions } from './questions.ts'
import { STRANGER } from './questions.ts'

const FIELD = 'context_management'

/** A header of Claude Code and a field of its body come together, or the API refuses the request. */
export function betasCheck(questions: Questions): Check {
  return {
    id: 'betas',
    title: '`anthropic-beta` and its fields are passed on together',
    cost: 'requests',
    run: async () => {
      const heard = await questions.countWithPair()
      const before = await countable(questions)
      if (before || heard.kind === 'silence') return before ?? skipped('there was no answer')
      if (isThrottled(heard)) return skipped(inWords(heard))
      if (namesField(heard, FIELD))
        return fail(`the field \`${FIELD}\` arrives without its header (${inWords(heard)})`, {
          remedy:
            'have the gateway pass `anthropic-beta` on; until then set CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS=1',
          degrades: ['all requests of Claude Code that use betas', 'tool search'],
        })
      if (heard.status !== 200) return warn(inWords(heard), { remedy: 'look into the log of the gateway' })
      if (objectIn(heard.text)?.[FIELD]) return ok('header and field arrive')
      const stranger = await questions.countWithStranger()
      if (stranger.kind === 'answer' && !namesField(stranger, STRANGER))
        return skipped('fields are lost, see `fields`')
      return warn(`the field \`${FIELD}\` has no effect`, {
        remedy: 'have the gateway pass bodies on as they are',
        degrades: ['context management', 'structured output'],
      })
    },
  }
}

/** A gateway that writes bodies anew loses what it does not know. */
export function fieldsCheck(questions: Questions): Check {
  return {
    id: 'fields',
    title: 'unknown fields of a body are passed on',
    cost: 'requests',
    run: async () => {
      const heard = await questions.countWithStranger()
      const before = await countable(questions)
      if (before || heard.kind === 'silence') return before ?? skipped('there was no answer')
      if (isThrottled(heard)) return skipped(inWords(heard))
      if (namesField(heard, STRANGER)) return ok('the API itself names the field that it does not know')
      if (countIn(heard) === undefined) return skipped(`${inWords(heard)}, which does not name the field`)
      return warn('a field that the API does not know came to nothing', {
        remedy: 'have the gateway pass bodies on byte for byte',
        degrades: ['features that are newer than the gateway', 'prompt caching'],
      })
    },
  }
}

function namesField(answer: Answer, field: string): boolean {
  return answer.status === 400 && errorIn(answer).message.includes(field)
}
