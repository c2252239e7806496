import { nameAt } from '../../json/name.ts'
import type { Span } from '../../json/scanner.ts'
import { contentStart, readObject, scanArray, skipSpace, skipValue } from '../../json/scanner.ts'
import { readUserTurn } from './user-turn.ts'

/** Where texts can be put into a request. */
export interface Places {
  readonly system: Span | undefined
  /** Where the texts of the user's turns end, in their order. */
  readonly turns: readonly number[]
  /** Behind the object of the body. */
  readonly end: number
}

const OPEN_BRACKET = 0x5b

/**
 * Looks through a request of the Messages API once. Undefined for a body that is none: no JSON object, or without
 * messages.
 * @param isAboutTurns whether they are looked for; they take the longer time
 */
export function findPlaces(body: Buffer, isAboutTurns: boolean): Places | undefined {
  try {
    return readPlaces(body, isAboutTurns)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Of a member that stands twice, the last one counts, as in JSON.parse. @throws SyntaxError for malformed text */
function readPlaces(body: Buffer, isAboutTurns: boolean): Places | undefined {
  let system: Span | undefined
  let turns: number[] | undefined
  const end = readObject(body, contentStart(body), (name, start) => {
    const member = nameAt(body, name)
    if (member === 'messages') {
      const found: number[] = []
      turns = found
      if (isAboutTurns && body[start] === OPEN_BRACKET)
        return scanArray(body, start, (message) => readUserTurn(body, message, (at) => found.push(at)))
    }
    const valueEnd = skipValue(body, start)
    if (member === 'system') system = { start, end: valueEnd }
    return valueEnd
  })
  if (skipSpace(body, end) !== body.length) return undefined
  return turns && { system, turns, end }
}
