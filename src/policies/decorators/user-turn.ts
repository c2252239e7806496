import { nameAt } from '../../json/name.ts'
import { readObject, scanArray, skipValue } from '../../json/scanner.ts'

const OPEN_BRACE = 0x7b
const OPEN_BRACKET = 0x5b
const QUOTE = 0x22

/** What Claude Code itself adds to what a user says (measured). */
const REMINDER = Buffer.from('"<system-reminder>')

/**
 * Reads the message at `start` of a body. If it is one of the user with a text, gives where that ends: the closing quote
 * of the first text that is neither empty nor a reminder. Nothing behind that place counts, so that a message to which
 * something is added keeps what was put there.
 * @returns the offset behind the message
 * @throws SyntaxError for malformed text
 */
export function readUserTurn(body: Buffer, start: number, onTextEnd: (at: number) => void): number {
  if (body[start] !== OPEN_BRACE) return skipValue(body, start)
  let role: string | undefined
  let textEnd: number | undefined
  const end = readObject(body, start, (name, value) => {
    const member = nameAt(body, name)
    if (member === 'content' && role !== 'assistant')
      return readContent(body, value, (at) => {
        textEnd = at
      })
    const valueEnd = skipValue(body, value)
    if (member === 'role' && body[value] === QUOTE) role = nameAt(body, { start: value, end: valueEnd })
    return valueEnd
  })
  if (role === 'user' && textEnd !== undefined) onTextEnd(textEnd)
  return end
}

/** A text alone says the same as one block of text, and Claude Code sends now the one, now the other (measured). */
function readContent(body: Buffer, start: number, onTextEnd: (at: number) => void): number {
  if (body[start] !== OPEN_BRACKET) return readText(body, start, onTextEnd)
  let isFound = false
  return scanArray(body, start, (block) => {
    if (isFound || body[block] !== OPEN_BRACE) return skipValue(body, block)
    return readBlock(body, block, (at) => {
      isFound = true
      onTextEnd(at)
    })
  })
}

function readBlock(body: Buffer, start: number, onTextEnd: (at: number) => void): number {
  let isText = false
  let textEnd: number | undefined
  const end = readObject(body, start, (name, value) => {
    const member = nameAt(body, name)
    if (member === 'text')
      return readText(body, value, (at) => {
        textEnd = at
      })
    const valueEnd = skipValue(body, value)
    if (member === 'type') isText = body.toString('latin1', value, valueEnd) === '"text"'
    return valueEnd
  })
  if (isText && textEnd !== undefined) onTextEnd(textEnd)
  return end
}

function readText(body: Buffer, start: number, onTextEnd: (at: number) => void): number {
  const end = skipValue(body, start)
  const isEmpty = end - start === 2
  if (body[start] === QUOTE && !isEmpty && !isReminder(body, start)) onTextEnd(end - 1)
  return end
}

function isReminder(body: Buffer, start: number): boolean {
  return (
    body.compare(REMINDER, 0, REMINDER.length, start, Math.min(start + REMINDER.length, body.length)) === 0
  )
}
