import type { Check } from '../check.ts'
import { fail, ok, skipped } from '../check.ts'
import type { Questions } from './questions.ts'

/** What is announced as compressed must be, or Claude Code reads nothing. */
export function compressionCheck(questions: Questions): Check {
  return {
    id: 'compression',
    title: 'what is said to be compressed is',
    cost: 'requests',
    run: async () => {
      const answers = (
        await Promise.all([questions.wrong(), questions.count(questions.model), questions.models()])
      ).filter((heard) => heard.kind === 'answer')
      if (answers.length === 0) return skipped('there was no answer')
      const broken = answers.find(({ codingFault }) => codingFault !== undefined)
      if (broken)
        return fail(
          `\`content-encoding: ${broken.headers['content-encoding'] ?? 'none'}\`, but ${broken.codingFault}`,
          {
            remedy: 'have the gateway drop `content-encoding` where it has decompressed, or not decompress',
            degrades: ['all answers'],
          },
        )
      const codings = new Set(answers.flatMap(({ headers }) => headers['content-encoding'] ?? []))
      return ok(codings.size > 0 ? [...codings].join(', ') : 'nothing is compressed')
    },
  }
}
