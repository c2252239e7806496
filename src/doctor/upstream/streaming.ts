import type { Check, Finding } from '../check.ts'
import { fail, ok, skipped } from '../check.ts'
import type { Answer } from './hearing.ts'
import type { Questions } from './questions.ts'
import { mendingWords, serverOf } from './servers.ts'
import { eventsIn, isEventStream, onStream } from './stream-check.ts'

/** Of a streamed answer that takes longer than this, the parts come one by one, or something holds them back. */
const LONG_ENOUGH_MS = 1_500
/** What comes within the last part of the time, where it was held back. */
const LATE_SHARE = 0.1
/** The API sends one at a time; a buffer of 4 KB, which is that of nginx, holds about thirty. */
const MOST_EVENTS_AT_ONCE = 16

/** Whether an answer comes as it is written. */
export function streamingCheck(questions: Questions): Check {
  return onStream(questions, {
    id: 'streaming',
    title: 'answers come as they are written',
    judge: (answer) => (isEventStream(answer) ? judgeTimes(answer) : noStream(answer)),
  })
}

function noStream({ headers }: Answer): Finding {
  return fail(`a streamed answer was asked for, and \`${headers['content-type'] ?? 'nothing'}\` came`, {
    remedy:
      'have the gateway pass `stream: true` and the answer on; a translation to another API must stream too',
    degrades: ['all answers: Claude Code asks a second time, without streaming, and both are paid for'],
  })
}

function judgeTimes(answer: Answer): Finding {
  const { pieces, endMs } = answer
  const firstMs = pieces[0]?.atMs ?? endMs
  const seconds = `${(endMs / 1000).toFixed(1)} s`
  if (endMs < LONG_ENOUGH_MS) return skipped(`whole after ${seconds}, too fast to tell more`)
  if (endMs - firstMs <= endMs * LATE_SHARE || pieces.length <= 2)
    return heldBack(answer, `all of it came at once, after ${Math.round(firstMs)} ms`)
  const atOnce = Math.round(eventsIn(answer.text).length / pieces.length)
  if (atOnce >= MOST_EVENTS_AT_ONCE)
    return heldBack(answer, `it came in ${pieces.length} lumps of about ${atOnce} events within ${seconds}`)
  return ok(`first part after ${Math.round(firstMs)} ms, the last of ${pieces.length} after ${seconds}`)
}

function heldBack(answer: Answer, evidence: string): Finding {
  return fail(evidence, {
    remedy: bufferingRemedy(answer),
    degrades: ['text appears in lumps, or at the end only', 'long answers are cut by timeouts'],
  })
}

function bufferingRemedy(answer: Answer): string {
  const server = serverOf(answer)
  const known = mendingWords(answer, 'buffering')
  if (answer.headers['content-encoding'])
    return `switch off compression of \`text/event-stream\` in the gateway: it collects before it compresses${known ? `; and ${known}` : ''}`
  return (
    known ??
    `switch off the buffering of answers in the gateway${server ? ` (${server})` : ''} and in what stands before it`
  )
}
