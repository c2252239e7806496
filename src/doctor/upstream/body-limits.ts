import type { Check, Finding } from '../check.ts'
import { fail, ok, skipped } from '../check.ts'
import type { Heard } from './hearing.ts'
import { inWords, isThrottled } from './hearing.ts'
import type { Questions } from './questions.ts'
import { wrongQuestion } from './questions.ts'
import { obstacle } from './reach.ts'
import { mendingWords, serverOf } from './servers.ts'

/** The API takes 32 MB (https://platform.claude.com/docs/en/api/errors); this stays a little below. */
const LARGEST = 31 * 1024 ** 2
/** Usual limits are between these. */
const SMALLER = [512 * 1024, 1024 ** 2, 8 * 1024 ** 2]
const UPLOAD_MS = 120_000

/** Whether long conversations get through: they are sent whole each time. */
export function sizeCheck(questions: Questions): Check {
  return {
    id: 'size',
    title: 'bodies of up to 32 MB are taken',
    cost: 'requests',
    run: async () => {
      const plain = await questions.wrong()
      const blocked = obstacle(plain)
      if (blocked) return blocked
      const largest = await askPadded(questions, LARGEST)
      if (isTaken(largest, plain)) return ok(`${inMegabytes(LARGEST)} arrive`)
      for (const [index, bytes] of SMALLER.entries()) {
        const heard = await askPadded(questions, bytes)
        if (!isTaken(heard, plain)) return tooLarge(heard, bytes, SMALLER[index - 1])
      }
      return tooLarge(largest, LARGEST, SMALLER.at(-1))
    },
  }
}

function askPadded({ ask, model }: Questions, bytes: number): Promise<Heard> {
  return ask({ ...wrongQuestion(model, 'x'.repeat(bytes)), answerMs: UPLOAD_MS })
}

/** The same refusal as of a small one, or one that speaks of the length of the prompt, comes from behind the limit. */
function isTaken(heard: Heard, plain: Heard): boolean {
  if (heard.kind === 'silence' || plain.kind === 'silence') return false
  return heard.status === plain.status || (heard.status === 400 && /too long/i.test(heard.text))
}

function tooLarge(heard: Heard, bytes: number, largest: number | undefined): Finding {
  const taken = largest === undefined ? '' : `, ${inMegabytes(largest)} arrive`
  if (isThrottled(heard)) return skipped(inWords(heard))
  return fail(`${inMegabytes(bytes)} are refused (${inWords(heard)})${taken}`, {
    remedy: remedyFor(heard),
    degrades: ['long conversations', 'images and documents'],
  })
}

function remedyFor(heard: Heard): string {
  const general = 'raise the limit of the gateway, or of what stands before it, to 32 MB'
  if (heard.kind === 'silence') return general
  if (heard.status === 500 && /nginx/i.test(serverOf(heard)))
    return 'nginx has no place for large bodies: see its error log, and `client_body_temp_path`'
  return mendingWords(heard, 'bodySize') ?? general
}

function inMegabytes(bytes: number): string {
  return bytes < 1024 ** 2 ? `${bytes / 1024} KB` : `${bytes / 1024 ** 2} MB`
}
