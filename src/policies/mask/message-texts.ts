import { nameAt } from '../../json/name.ts'
import type { Span } from '../../json/scanner.ts'
import { readObject, scanArray, scanObject, scanStrings, skipValue } from '../../json/scanner.ts'
import { isAttribution } from '../attribution.ts'

/** Reads the value at `start` of a body, gives the strings (with their quotes) to be looked at, and says where it ends. */
export type TextReader = (body: Buffer, start: number, onText: (string: Span) => void) => number

type Members = Readonly<Record<string, TextReader>>

const OPEN_BRACE = 0x7b
const OPEN_BRACKET = 0x5b
const QUOTE = 0x22

/** A message of a request, or a whole answer. @throws SyntaxError for malformed text */
export const readMessage: TextReader = (body, start, onText) => readMembers(body, start, MESSAGE, onText)

/**
 * The `system` of a request, without the block of attribution, which the API reads itself.
 * @throws SyntaxError for malformed text
 */
export const readSystem: TextReader = (body, start, onText) => {
  if (body[start] !== OPEN_BRACKET) return readText(body, start, onText)
  return scanArray(body, start, (block, index) =>
    index === 0 && isAttribution(body, block) ? skipValue(body, block) : readBlock(body, block, onText),
  )
}

const readText: TextReader = (body, start, onText) =>
  body[start] === QUOTE ? scanStrings(body, start, onText) : skipValue(body, start)

const readContent: TextReader = (body, start, onText) => {
  if (body[start] !== OPEN_BRACKET) return readText(body, start, onText)
  return scanArray(body, start, (block) => readBlock(body, block, onText))
}

const readCitations: TextReader = (body, start, onText) => {
  if (body[start] !== OPEN_BRACKET) return skipValue(body, start)
  return scanArray(body, start, (citation) => readCitation(body, citation, onText))
}

const readCitation: TextReader = (body, start, onText) => readMembers(body, start, CITATION, onText)

/** What a streamed text cites. @throws SyntaxError for malformed text */
export const readCitationDelta: TextReader = (body, start, onText) =>
  readMembers(body, start, { citation: readCitation }, onText)

const readSource: TextReader = (body, start, onText) => readTyped(body, start, SOURCES, onText)

/** A block of content. @throws SyntaxError for malformed text */
export const readBlock: TextReader = (body, start, onText) => readTyped(body, start, BLOCKS, onText)

const MESSAGE: Members = { content: readContent }
const CITATION: Members = { cited_text: readText, document_title: readText, title: readText }
const SOURCES: Readonly<Record<string, Members>> = {
  text: { data: readText },
  content: { content: readContent },
}
/**
 * The members of each type of block that hold text of the user's side or of the model. What is not here is left
 * alone: thinking and its signatures, images, and what the API made itself and wants back as it was.
 */
const BLOCKS: Readonly<Record<string, Members>> = {
  text: { text: readText, citations: readCitations },
  tool_use: { input: scanStrings },
  server_tool_use: { input: scanStrings },
  mcp_tool_use: { input: scanStrings },
  tool_result: { content: readContent },
  mcp_tool_result: { content: readContent },
  document: { title: readText, context: readText, source: readSource },
  search_result: { title: readText, source: readText, content: readContent },
}

const NOTHING: Members = {}

/** Nearly always `type` comes first; if not, it is looked up. */
function readTyped(
  body: Buffer,
  start: number,
  types: Readonly<Record<string, Members>>,
  onText: (string: Span) => void,
): number {
  if (body[start] !== OPEN_BRACE) return skipValue(body, start)
  let members: Members | undefined
  return readObject(body, start, (name, value) => {
    members ??= types[typeOf(body, start, name, value) ?? ''] ?? NOTHING
    return (members[nameAt(body, name)] ?? skipValue)(body, value, onText)
  })
}

function readMembers(body: Buffer, start: number, members: Members, onText: (string: Span) => void): number {
  if (body[start] !== OPEN_BRACE) return skipValue(body, start)
  return readObject(body, start, (name, value) =>
    (members[nameAt(body, name)] ?? skipValue)(body, value, onText),
  )
}

function typeOf(body: Buffer, block: number, firstName: Span, firstValue: number): string | undefined {
  if (nameAt(body, firstName) === 'type') return stringAt(body, firstValue)
  let type: string | undefined
  scanObject(body, block, ({ name, value }) => {
    if (nameAt(body, name) === 'type') type = stringAt(body, value.start)
  })
  return type
}

function stringAt(body: Buffer, start: number): string | undefined {
  return body[start] === QUOTE ? nameAt(body, { start, end: skipValue(body, start) }) : undefined
}
