import type { Span } from '../../json/scanner.ts'
import { scanArray, skipSpace, skipValue } from '../../json/scanner.ts'
import type { Edit } from '../../json/splice.ts'
import { insertion } from '../../json/splice.ts'
import { stringBytes } from '../../json/string-text.ts'
import { isAttribution } from '../attribution.ts'

/** Texts for the system prompt of a request. */
export interface SystemTexts {
  /** Behind what says who asks and who Claude Code is. */
  readonly start: readonly string[]
  readonly end: readonly string[]
}

const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const QUOTE = 0x22
const BACKSLASH = 0x5c
const LETTER_N = 0x6e
/** Who asks, and how Claude Code and what is built upon it introduce themselves. */
const OPENING = /^(?:x-anthropic-billing-header|You are Claude Code|You are a Claude agent)/
const LONGEST_OPENING = 40
const APART = '\n\n'

/**
 * What puts texts into the system prompt, of which no byte changes: each as a block of its own, without a mark for the
 * cache. Nothing where the prompt is none that the API takes.
 * @param system where it stands; undefined where there is none
 * @param bodyEnd the offset behind the object of the body, which has members
 * @throws SyntaxError for malformed text
 */
export function systemEdits(
  body: Buffer,
  system: Span | undefined,
  bodyEnd: number,
  texts: SystemTexts,
): Edit[] {
  const all = [...texts.start, ...texts.end]
  if (all.length === 0) return []
  if (!system) return [insertion(bodyEnd - 1, Buffer.from(`,"system":${JSON.stringify(all.join(APART))}`))]
  if (body[system.start] === QUOTE) return inText(body, system, texts)
  return body[system.start] === OPEN_BRACKET ? amongBlocks(body, system, texts) : []
}

function inText(body: Buffer, { start, end }: Span, texts: SystemTexts): Edit[] {
  const isEmpty = end - start === 2
  if (isEmpty) return [insertion(start + 1, stringBytes([...texts.start, ...texts.end].join(APART)))]
  const behind = (added: readonly string[]) => stringBytes(added.map((text) => APART + text).join(''))
  const openingEnd = openingLinesEnd(body, start + 1, end - 1)
  return withBytes([
    openingEnd === undefined
      ? insertion(start + 1, stringBytes(texts.start.map((text) => text + APART).join('')))
      : insertion(openingEnd, behind(texts.start)),
    insertion(end - 1, behind(texts.end)),
  ])
}

/** Behind the first lines of a text that say who asks, or who Claude Code is; undefined where there are none. */
function openingLinesEnd(body: Buffer, start: number, end: number): number | undefined {
  let found: number | undefined
  for (
    let line = start;
    OPENING.test(body.toString('latin1', line, Math.min(line + LONGEST_OPENING, end)));
  ) {
    found = lineEnd(body, line, end)
    for (line = found; isNewline(body, line); ) line += 2
  }
  return found
}

/** Where the next line break of a string stands, or the string ends. */
function lineEnd(body: Buffer, start: number, end: number): number {
  let offset = start
  while (offset < end && !isNewline(body, offset)) offset += body[offset] === BACKSLASH ? 2 : 1
  return offset
}

/** As JSON writes it. */
function isNewline(body: Buffer, offset: number): boolean {
  return body[offset] === BACKSLASH && body[offset + 1] === LETTER_N
}

function amongBlocks(body: Buffer, { start, end }: Span, texts: SystemTexts): Edit[] {
  const first = skipSpace(body, start + 1)
  if (body[first] === CLOSE_BRACKET) {
    const blocks = [...texts.start, ...texts.end].map(blockText)
    return [insertion(end - 1, Buffer.from(blocks.join(',')))]
  }
  const behind = (added: readonly string[]) =>
    Buffer.from(added.map((text) => `,${blockText(text)}`).join(''))
  return withBytes([
    insertion(openingEnd(body, start, first), behind(texts.start)),
    insertion(end - 1, behind(texts.end)),
  ])
}

/**
 * Behind the first block that is not the attribution: with a subscription the API wants to read there how Claude Code
 * introduces itself.
 */
function openingEnd(body: Buffer, start: number, first: number): number {
  const opening = isAttribution(body, first) ? 1 : 0
  let offset = first
  scanArray(body, start, (block, index) => {
    const end = skipValue(body, block)
    if (index <= opening) offset = end
    return end
  })
  return offset
}

function blockText(text: string): string {
  return JSON.stringify({ type: 'text', text })
}

function withBytes(edits: readonly Edit[]): Edit[] {
  return edits.filter(({ bytes }) => bytes.length > 0)
}
