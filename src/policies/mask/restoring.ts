import type { AnswerTransform } from '../answer-transform.ts'
import { EventRestorer } from './event-restorer.ts'
import { JsonRestorer } from './json-restorer.ts'
import { createPlaceholderSearch } from './placeholder-search.ts'

/** White space, and a byte order mark. */
const BEFORE_ALL = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf])
const OPEN_BRACE = 0x7b
const UNCHANGED: AnswerTransform = { push: (chunk) => chunk, end: () => Buffer.alloc(0) }

/**
 * Restores the answer to a request that was masked: one JSON object, or server-sent events, as its first byte says.
 * @param values by placeholder, those of that request; nothing is restored that it did not hold
 */
export function createRestoring(values: ReadonlyMap<string, string>): AnswerTransform {
  let restorer: AnswerTransform | undefined = values.size === 0 ? UNCHANGED : undefined
  return {
    push: (chunk) => {
      const first = restorer ? undefined : chunk.find((byte) => !BEFORE_ALL.has(byte))
      if (first !== undefined) {
        const search = createPlaceholderSearch(values)
        restorer = first === OPEN_BRACE ? new JsonRestorer(search) : new EventRestorer(search)
      }
      return restorer ? restorer.push(chunk) : chunk
    },
    end: () => restorer?.end() ?? Buffer.alloc(0),
  }
}
