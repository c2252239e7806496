import type { Detector } from '../detect/detector.ts'

const BLANK = 0x20

/** Whether a detector can find something with white space in it that no rule of this file foresees. */
export function isTextOfBlanks(detector: Detector): boolean {
  return 'findAll' in detector && !detector.isWord
}

/**
 * Where the last word of a text begins, with the groups before it: what built-in detectors find has no white space in
 * it but single blanks between groups of digits, capitals and signs (`DE89 3704 …`, `+49 (0) 170 …`).
 * @param from nothing before it counts
 */
export function openWordsAt(text: string, from: number): number {
  let at = startOf(text, text.length, from, isBlack)
  while (at - 1 > from && text.charCodeAt(at - 1) === BLANK && isEndOfGroup(text.charCodeAt(at - 2)))
    at = startOf(text, at - 1, from, isOfGroup)
  return at
}

function startOf(text: string, end: number, from: number, isIn: (code: number) => boolean): number {
  let at = end
  while (at > from && isIn(text.charCodeAt(at - 1))) at -= 1
  return at
}

function isBlack(code: number): boolean {
  return code > BLANK
}

/** A digit, a capital or one of `( ) + , - . /`. */
function isOfGroup(code: number): boolean {
  return (code >= 0x28 && code <= 0x39 && code !== 0x2a) || (code >= 0x41 && code <= 0x5a)
}

/** Not the sign behind a sentence. */
function isEndOfGroup(code: number): boolean {
  return isOfGroup(code) && (code >= 0x30 || code === 0x29)
}
