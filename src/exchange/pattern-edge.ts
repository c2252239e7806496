/** The place of a byte before the first one and behind the last one. */
export const NOTHING = 256

/** What edges tell apart: what stands on one side of a place in a text. */
export const SIDES = { nothing: 0, newline: 1, word: 2, other: 3 } as const
export const SIDE_COUNT = Object.keys(SIDES).length

/** Whether there is one between a side before and a side behind. */
export type Edge = (before: number, behind: number) => boolean

const isEnd = (side: number) => side === SIDES.nothing
const isLineEnd = (side: number) => side <= SIDES.newline
const isWordEnd: Edge = (before, behind) => (before === SIDES.word) !== (behind === SIDES.word)

/** By their characters in a pattern, as in RE2 (https://github.com/google/re2/wiki/Syntax). */
export const EDGES: Readonly<Record<string, Edge>> = {
  '^': (before) => isEnd(before),
  $: (_, behind) => isEnd(behind),
  '\\A': (before) => isEnd(before),
  '\\z': (_, behind) => isEnd(behind),
  '\\b': isWordEnd,
  '\\B': (before, behind) => !isWordEnd(before, behind),
}

/** Those that another meaning has where `^` and `$` stand for the ends of lines. */
export const LINE_EDGES: Readonly<Record<string, Edge>> = {
  '^': (before) => isLineEnd(before),
  $: (_, behind) => isLineEnd(behind),
}

/** The side that a byte is, or `NOTHING`. Letters beyond ASCII are no part of a word. */
export function sideOf(byte: number): number {
  if (byte === NOTHING) return SIDES.nothing
  if (byte === 0x0a) return SIDES.newline
  return /\w/.test(String.fromCharCode(byte)) ? SIDES.word : SIDES.other
}
