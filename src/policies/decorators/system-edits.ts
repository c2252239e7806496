import type { Span } from '../../json/scanner.ts'
import { scanArray, skipSpace, skipValue } from '../../json/scanner.ts'
import type { Edit } from '../../json/splice.ts'
import { insertion } from '../../json/splice.ts'
import { stringBytes } from '../../json/string-text.ts'
import { isAttribution } from '../attribution.ts'

/** Texts for the system prompt of a request. */
export interface SystemTexts {
  /** Behind the block that says who asks. */
  readonly start: readonly string[]
  readonly end: readonly string[]
}

const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const QUOTE = 0x22
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
  if (body[system.start] === QUOTE) return inText(system, texts)
  return body[system.start] === OPEN_BRACKET ? amongBlocks(body, system, texts) : []
}

function inText({ start, end }: Span, texts: SystemTexts): Edit[] {
  const isEmpty = end - start === 2
  if (isEmpty) return [insertion(start + 1, stringBytes([...texts.start, ...texts.end].join(APART)))]
  return withBytes([
    insertion(start + 1, stringBytes(texts.start.map((text) => text + APART).join(''))),
    insertion(end - 1, stringBytes(texts.end.map((text) => APART + text).join(''))),
  ])
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
