import { escapeControls } from '../output.ts'
import { cutEnd, textWidth } from './text-width.ts'

const TAB = '  '
/** Takes a cell for each character. */
const PLAIN = /^[\x20-\x7e]*$/

/**
 * A text from elsewhere as lines for a terminal: broken between words so that each fits, and safe.
 * @param width in terminal cells
 */
export function wrapText(text: string, width: number): string[] {
  return text
    .trimEnd()
    .split(/\r?\n/)
    .flatMap((line) => wrapLine(escapeControls(line.replaceAll('\t', TAB)), width))
}

/** The first of the lines, and how many more there are. */
export function foldLines(lines: readonly string[], most: number): readonly string[] {
  // A note in place of a single line would save nothing.
  if (lines.length <= most + 1) return lines
  return [...lines.slice(0, most), `… ${lines.length - most} more lines`]
}

/** One line, cut where it is too long. */
export function oneLineOf(text: string, width: number): string {
  const line = escapeControls(text.replace(/\s+/g, ' ').trim())
  return textWidth(line) <= width ? line : cutEnd(line, width)
}

/** Words that are longer than a line, such as base64, are broken anywhere; what is far too long is not measured first. */
function wrapLine(line: string, width: number): string[] {
  if (textWidth(line) <= width) return [line]
  const lines: string[] = []
  let current = ''
  for (const word of line.split(/(?<= )(?=[^ ])/)) {
    if (current && textWidth(current + word.trimEnd()) > width) {
      lines.push(current.trimEnd())
      current = ''
    }
    current += word
    while (current.length > 4 * width || textWidth(current.trimEnd()) > width) {
      const head = takeCells(current, width)
      lines.push(head)
      current = current.slice(head.length)
    }
  }
  return current.trimEnd() ? [...lines, current.trimEnd()] : lines
}

function takeCells(text: string, width: number): string {
  const start = text.slice(0, width)
  if (PLAIN.test(start)) return start
  let head = ''
  for (const character of text) {
    if (head && textWidth(head + character) > width) break
    head += character
    if (head.length > 4 * width) break
  }
  return head
}
