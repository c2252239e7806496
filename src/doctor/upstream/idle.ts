import type { Check, Finding } from '../check.ts'
import { fail, ok, skipped } from '../check.ts'
import type { Heard } from './hearing.ts'
import { inWords, isThrottled, objectIn } from './hearing.ts'
import type { Questions } from './questions.ts'
import { MESSAGES, post } from './questions.ts'
import { obstacle } from './reach.ts'
import { mendingWords } from './servers.ts'

/** Claude Code itself gives up after ten minutes (`API_TIMEOUT_MS`, https://code.claude.com/docs/en/env-vars). */
const PATIENCE_MS = 630_000
const MOST_TOKENS = 4_000
const PROMPT = 'Write a short story of at least 4,000 words. Begin at once, and do not stop before.'
/** What a gateway says that did not wait long enough, its own or that of what stands before it. */
const GAVE_UP = [408, 499, 502, 503, 504, 522, 524]

/**
 * Whether a gateway waits as long as Claude Code does. An answer that is not streamed has no byte before it is whole,
 * which is the longest silence that can be had of the API.
 */
export function idleCheck(questions: Questions): Check {
  return {
    id: 'idle',
    title: 'a long silence is waited for',
    cost: 'minutes',
    run: async () => {
      const plain = await questions.wrong()
      const blocked = obstacle(plain)
      if (blocked || plain.kind === 'silence') return blocked ?? skipped('there was no answer')
      const prompt = {
        model: questions.model,
        max_tokens: MOST_TOKENS,
        messages: [{ role: 'user', content: PROMPT }],
      }
      const heard = await questions.ask({ ...post(MESSAGES, prompt), answerMs: PATIENCE_MS })
      return judge(heard, mendingWords(plain, 'silence'))
    },
  }
}

function judge(heard: Heard, known: string | undefined): Finding {
  if (isThrottled(heard)) return skipped(inWords(heard))
  if (heard.kind === 'silence') return gaveUp(heard.reason, heard.afterMs, known)
  if (GAVE_UP.includes(heard.status))
    return gaveUp(inWords(heard), heard.headMs, mendingWords(heard, 'silence') ?? known)
  if (heard.status !== 200) return skipped(inWords(heard))
  if (heard.ending === 'cut' || !objectIn(heard.text))
    return gaveUp('the answer is not whole', heard.endMs, known)
  return ok(`an answer came whole after ${seconds(heard.endMs)}; a longer one was not tried`)
}

function gaveUp(evidence: string, afterMs: number, known: string | undefined): Finding {
  return fail(`given up after ${seconds(afterMs)} (${evidence}); Claude Code waits 600 s`, {
    remedy: known ?? 'raise the timeouts of the gateway, and of what stands before it, to 600 s',
    degrades: ['answers that are long in coming, such as compaction'],
  })
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`
}
