import type { Check } from '../check.ts'
import { ok, skipped, warn } from '../check.ts'
import { errorIn, inWords, isThrottled } from './hearing.ts'
import type { Questions } from './questions.ts'
import { MESSAGES, post } from './questions.ts'
import { obstacle } from './reach.ts'

/** Two million words of a token or more each are too long for every model. */
const WORDS = 2_000_000
const UPLOAD_MS = 120_000

/** Claude Code compacts a conversation when it reads these words of the API. */
export function tooLongCheck(questions: Questions): Check {
  return {
    id: 'too-long',
    title: 'a prompt that is too long is refused in the API’s words',
    cost: 'tokens',
    run: async () => {
      const plain = await questions.wrong()
      const blocked = obstacle(plain)
      if (blocked || plain.kind === 'silence') return blocked ?? skipped('there was no answer')
      if (!errorIn(plain).isEnveloped) return skipped('errors are not those of the API, see `errors`')
      const heard = await questions.ask({ ...tooLong(questions.model), answerMs: UPLOAD_MS })
      if (heard.kind === 'silence' || heard.status === 413) return skipped(`${inWords(heard)}, see \`size\``)
      if (isThrottled(heard) || heard.status === 404) return skipped(inWords(heard))
      if (heard.status === 400 && /prompt is too long/i.test(errorIn(heard).message))
        return ok(inWords(heard))
      return warn(inWords(heard), {
        remedy:
          'have the gateway neither cut prompts nor word this error itself: the API says `prompt is too long`',
        degrades: ['compaction when a prompt is too long'],
      })
    },
  }
}

function tooLong(model: string) {
  const content = 'word '.repeat(WORDS)
  return post(MESSAGES, { model, max_tokens: 1, messages: [{ role: 'user', content }] })
}
