import type { AnswerTransform } from './answer-transform.ts'

/** Makes what changes an answer, for each form in which it may come. */
export interface Forms {
  /** One JSON object. */
  json(): AnswerTransform
  /** Server-sent events. */
  events(): AnswerTransform
}

/** White space, and a byte order mark. */
const BEFORE_ALL = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf])
const OPEN_BRACE = 0x7b

/** The transform for the form that an answer has, as its first byte says. */
export function byForm({ json, events }: Forms): AnswerTransform {
  let transform: AnswerTransform | undefined
  return {
    push: (chunk) => {
      const first = transform ? undefined : chunk.find((byte) => !BEFORE_ALL.has(byte))
      if (first !== undefined) transform = first === OPEN_BRACE ? json() : events()
      return transform ? transform.push(chunk) : chunk
    },
    end: () => transform?.end() ?? Buffer.alloc(0),
  }
}
