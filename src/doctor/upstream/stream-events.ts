import type { Check, Finding } from '../check.ts'
import { fail, ok, skipped, warn } from '../check.ts'
import type { Answer } from './hearing.ts'
import type { Questions } from './questions.ts'
import type { WireEvent } from './stream-check.ts'
import { eventsIn, onStream } from './stream-check.ts'

const NEEDED = [
  'message_start',
  'content_block_start',
  'content_block_stop',
  'message_delta',
  'message_stop',
] as const

/** Whether a stream begins and ends as the API has it (https://platform.claude.com/docs/en/build-with-claude/streaming). */
export function grammarCheck(questions: Questions): Check {
  return onStream(questions, {
    id: 'stream-end',
    title: 'a stream is whole, with its usage',
    judge: (answer) => {
      const events = eventsIn(answer.text)
      return foreign(events) ?? incomplete(answer, events) ?? usageOf(answer, events)
    },
  })
}

/** What Claude Code cannot read at all. */
function foreign(events: readonly WireEvent[]): Finding | undefined {
  if (events.length > 0 && events.every(({ type }) => type === undefined))
    return fail('its events are not those of the Messages API', {
      remedy:
        'name the route of the gateway that speaks the Messages API, not the one for chat completions, in `upstream`',
      degrades: ['all answers'],
    })
  if (events.some(({ type }) => type) && events.every(({ name }) => name === undefined))
    return fail('its events have no `event:` line', {
      remedy: 'have the gateway hand on the events of the API unchanged',
      degrades: ['all answers: Claude Code asks a second time, and both are paid for'],
    })
  return undefined
}

function incomplete({ ending }: Answer, events: readonly WireEvent[]): Finding | undefined {
  const missing = NEEDED.filter((needed) => !events.some(({ type }) => type === needed))
  if (ending === 'cut' || missing.includes('message_stop'))
    return fail(
      ending === 'cut' ? 'the connection was lost in its middle' : 'it ended without `message_stop`',
      {
        remedy: 'raise the timeouts of the gateway, and look into its log',
        degrades: ['answers stop in their middle'],
      },
    )
  if (missing.length === 0) return undefined
  return warn(`it has no ${missing.map((type) => `\`${type}\``).join(', ')}`, {
    remedy: 'have the gateway hand on the events of the API unchanged',
  })
}

function usageOf({ text }: Answer, events: readonly WireEvent[]): Finding {
  return /"output_tokens"/.test(text)
    ? ok(`${events.length} events, with usage`)
    : warn('it does not tell how many tokens were used', {
        remedy: 'have the gateway hand on `usage`',
        degrades: ['cost in Claude Code and in `claude-gw usage`'],
      })
}

/** Long silences of a model are bridged by pings, which keep timers of Claude Code and of proxies from firing. */
export function pingsCheck(questions: Questions): Check {
  return onStream(questions, {
    id: 'pings',
    title: 'pings come through',
    judge: ({ text }) => {
      const types = eventsIn(text).map(({ type }) => type)
      const pings = types.filter((type) => type === 'ping').length
      if (pings > 0) return ok(`${pings} pings`)
      if (!types.includes('message_stop')) return skipped('the stream is not whole, see `stream-end`')
      return warn('a stream of the API has a ping, and none came', {
        remedy: 'have the gateway hand on all events, also those it does not know',
        degrades: ['long thinking, which then ends in a timeout'],
      })
    },
  })
}
