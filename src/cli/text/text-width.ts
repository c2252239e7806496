const ASCII = /^[\x20-\x7e]*$/
/** East Asian Wide and Fullwidth (Unicode Standard Annex 11), in ranges as coarse as terminals have them. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u
const ELLIPSIS = '…'

/** How many terminal cells a text without control characters takes. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (const grapheme of graphemesOf(text)) width += graphemeWidth(grapheme)
  return width
}

/** The beginning of a text and an ellipsis, in `width` cells at most. */
export function cutEnd(text: string, width: number): string {
  return takeWidth(graphemesOf(text), width - 1).join('') + ELLIPSIS
}

/** The beginning and the end of a text with an ellipsis between, in `width` cells at most. */
export function cutMiddle(text: string, width: number): string {
  const graphemes = graphemesOf(text)
  const head = takeWidth(graphemes, Math.ceil((width - 1) / 2))
  const tail = takeWidth(graphemes.toReversed(), width - 1 - textWidth(head.join('')))
  return head.join('') + ELLIPSIS + tail.reverse().join('')
}

function takeWidth(graphemes: readonly string[], width: number): string[] {
  const taken: string[] = []
  let left = width
  for (const grapheme of graphemes) {
    left -= graphemeWidth(grapheme)
    if (left < 0) break
    taken.push(grapheme)
  }
  return taken
}

function graphemesOf(text: string): readonly string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment)
}

function graphemeWidth(grapheme: string): number {
  if (/^[\p{Mn}\p{Me}\p{Cf}]/u.test(grapheme)) return 0
  return WIDE.test(grapheme) ? 2 : 1
}
