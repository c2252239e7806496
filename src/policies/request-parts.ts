import { nameAt } from '../json/name.ts'
import type { Span } from '../json/scanner.ts'
import { contentStart, isContainer, readObject, scanArray, skipSpace } from '../json/scanner.ts'

/** Is given where a part of a request begins, and says where it ends. */
export interface PartReader {
  readonly message: (start: number, index: number) => number
  /** Any other member, by name. */
  readonly member: (start: number, name: string) => number
}

const OPEN_BRACKET = 0x5b

/**
 * Reads a request of the Messages API in parts, which mostly are the same in the next one of a conversation.
 * @throws SyntaxError for a body that is no JSON object
 */
export function readParts(body: Buffer, reader: PartReader): void {
  const end = readObject(body, contentStart(body), (name, value) => {
    const member = nameAt(body, name)
    return member === 'messages' && body[value] === OPEN_BRACKET
      ? scanArray(body, value, reader.message)
      : reader.member(value, member)
  })
  if (skipSpace(body, end) !== body.length) throw new SyntaxError('text behind the object')
}

/**
 * Whether a part of another body stands at `start` as well, byte for byte. Equal bytes end at the same place only if their
 * end can be seen in them.
 */
export function isSamePart(body: Buffer, start: number, other: Buffer, part: Span): boolean {
  const end = start + part.end - part.start
  if (end > body.length || !isContainer(other, part.start)) return false
  return body.compare(other, part.start, part.end, start, end) === 0
}
