import type { Check, Finding } from '../check.ts'
import { fail, skipped } from '../check.ts'
import type { Answer } from './hearing.ts'
import { inWords, objectIn } from './hearing.ts'
import type { Questions } from './questions.ts'
import { obstacle } from './reach.ts'

export interface StreamCheck {
  readonly id: string
  readonly title: string
  readonly judge: (answer: Answer) => Finding
}

/** A check of one streamed answer, which is asked for once for all of them. */
export function onStream(questions: Questions, { id, title, judge }: StreamCheck): Check {
  return {
    id,
    title,
    cost: 'tokens',
    run: async () => {
      const blocked = obstacle(await questions.wrong())
      if (blocked) return blocked
      const heard = await questions.stream()
      if (heard.kind === 'silence') return fail(heard.reason, { remedy: 'look into the log of the gateway' })
      if (heard.status !== 200) return skipped(`no answer to a streamed prompt: ${inWords(heard)}`)
      return isEventStream(heard) || id === 'streaming'
        ? judge(heard)
        : skipped('the answer is no stream, see `streaming`')
    },
  }
}

export function isEventStream({ headers }: Answer): boolean {
  return /^text\/event-stream/i.test(headers['content-type'] ?? '')
}

/** An event as it stands on the wire: what its line says, and what its data says. */
export interface WireEvent {
  readonly name: string | undefined
  readonly type: string | undefined
}

/** The events of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html), without its comments. */
export function eventsIn(text: string): readonly WireEvent[] {
  const blocks = text.replace(/\r\n?/g, '\n').split(/\n\n+/)
  return blocks.flatMap((block) => {
    const name = /^event: ?(.+)$/m.exec(block)?.[1]
    const data = [...block.matchAll(/^data: ?(.*)$/gm)].map(([, line]) => line).join('\n')
    const type = objectIn(data)?.['type']
    return name || data ? [{ name, type: typeof type === 'string' ? type : undefined }] : []
  })
}
