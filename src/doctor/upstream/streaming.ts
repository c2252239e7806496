import type { Check, Finding } from '../check.ts'
import { fail, ok, skipped, warn } from '../check.ts'
import type { Answer, Heard } from './hearing.ts'
import { inWords, serverOf } from './hearing.ts'
import type { Questions } from './questions.ts'
import { obstacle } from './reach.ts'

/** Of a streamed answer that takes longer than this, the parts come one by one, or something holds them back. */
const LONG_ENOUGH_MS = 1_500
/** What comes within the last part of the time, where it was held back. */
const LATE_SHARE = 0.1

/** Whether an answer comes as it is written. */
export function streamingCheck(questions: Questions): Check {
  return onStream(questions, {
    id: 'streaming',
    title: 'answers come as they are written',
    judge: (answer) => {
      if (!isEventStream(answer))
        return fail(
          `a streamed answer was asked for, and \`${answer.headers['content-type'] ?? 'nothing'}\` came`,
          {
            remedy:
              'have the gateway pass `stream: true` and the answer on; a translation to another API must stream too',
            degrades: [
              'all answers: Claude Code asks a second time, without streaming, and both are paid for',
            ],
          },
        )
      const { pieces, endMs } = answer
      const firstMs = pieces[0]?.atMs ?? endMs
      if (endMs < LONG_ENOUGH_MS) return ok(`whole after ${Math.round(endMs)} ms, too fast to tell more`)
      if (endMs - firstMs > endMs * LATE_SHARE && pieces.length > 2)
        return ok(
          `first part after ${Math.round(firstMs)} ms, the last of ${pieces.length} after ${Math.round(endMs)} ms`,
        )
      return fail(`all of it came at once, after ${Math.round(firstMs)} ms`, {
        remedy: bufferingRemedy(answer),
        degrades: ['text appears at the end only', 'long answers are cut by timeouts'],
      })
    },
  })
}

function bufferingRemedy(answer: Answer): string {
  const server = serverOf(answer)
  if (answer.headers['content-encoding'])
    return 'switch off compression of `text/event-stream` in the gateway: it collects before it compresses'
  if (/nginx|openresty|kong/i.test(server))
    return '`proxy_buffering off;` in the configuration of nginx, or the header `X-Accel-Buffering: no` from behind it'
  return `switch off the buffering of answers in the gateway${server ? ` (${server})` : ''} and in what stands before it`
}

/** Long silences of a model are bridged by pings, which keep timers of Claude Code and of proxies from firing. */
export function pingsCheck(questions: Questions): Check {
  return onStream(questions, {
    id: 'pings',
    title: 'pings come through',
    judge: ({ text }) =>
      /^event: ?ping/m.test(text)
        ? ok(`${text.match(/^event: ?ping/gm)?.length} pings`)
        : warn('a stream of the API has a ping, and none came', {
            remedy: 'have the gateway hand on all events, also those it does not know',
            degrades: ['long thinking, which then ends in a timeout'],
          }),
  })
}

/** Whether a stream begins and ends as the API has it (https://platform.claude.com/docs/en/build-with-claude/streaming). */
export function grammarCheck(questions: Questions): Check {
  return onStream(questions, {
    id: 'stream-end',
    title: 'a stream is whole, with its usage',
    judge: ({ text, ending }) => {
      const types = [...text.matchAll(/^event: ?(\S+)/gm)].map(([, type]) => type)
      const missing = [
        'message_start',
        'content_block_start',
        'content_block_stop',
        'message_delta',
        'message_stop',
      ].filter((type) => !types.includes(type))
      if (ending === 'cut' || missing.includes('message_stop'))
        return fail(
          ending === 'cut' ? 'the connection was lost in its middle' : 'it ended without `message_stop`',
          {
            remedy: 'raise the timeouts of the gateway, and look into its log',
            degrades: ['answers stop in their middle'],
          },
        )
      if (missing.length > 0)
        return warn(`it has no ${missing.map((type) => `\`${type}\``).join(', ')}`, {
          remedy: 'have the gateway hand on the events of the API unchanged',
        })
      return /"output_tokens"/.test(text)
        ? ok(`${types.length} events, with usage`)
        : warn('it does not tell how many tokens were used', {
            remedy: 'have the gateway hand on `usage`',
            degrades: ['cost in Claude Code and in `claude-gw usage`'],
          })
    },
  })
}

interface StreamCheck {
  readonly id: string
  readonly title: string
  readonly judge: (answer: Answer) => Finding
}

function onStream(questions: Questions, { id, title, judge }: StreamCheck): Check {
  return {
    id,
    title,
    cost: 'tokens',
    run: async () => {
      const blocked = obstacle(await questions.wrong())
      if (blocked) return blocked
      const heard = await questions.stream()
      if (heard.kind === 'silence') return fail(heard.reason, { remedy: 'look into the log of the gateway' })
      if (heard.status !== 200) return unanswered(heard)
      return isEventStream(heard) || id === 'streaming'
        ? judge(heard)
        : skipped('the answer is no stream, see `streaming`')
    },
  }
}

function unanswered(heard: Heard): Finding {
  return skipped(`no answer to a streamed prompt: ${inWords(heard)}`)
}

function isEventStream({ headers }: Answer): boolean {
  return /^text\/event-stream/i.test(headers['content-type'] ?? '')
}

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
