import type { LiteralDetector } from './detector.ts'
import { tokenAt } from './token.ts'

/** In the middle of every key stands `OpenAI` in base64. */
const MARK = 'T3BlbkFJ'
const KEY = /sk-(?:[a-z]{1,12}-)?[\w-]{16,400}/y
const LONGEST_FIRST_HALF = 200

/** Keys of OpenAI: `sk-…T3BlbkFJ…`, `sk-proj-…`, `sk-svcacct-…`. */
export const openaiKey: LiteralDetector = {
  name: 'openai-key',
  noun: 'OPENAI_KEY',
  anchors: [MARK],
  find: (text, at) => {
    const from = Math.max(0, at - LONGEST_FIRST_HALF)
    const start = text.slice(from, at).lastIndexOf('sk-')
    return start === -1 ? [] : keyAround(text, from + start, at)
  },
}

function keyAround(text: string, start: number, mark: number) {
  return tokenAt(text, start, KEY).filter(({ end }) => end >= mark + MARK.length + 8)
}
