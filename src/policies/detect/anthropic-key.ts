import type { LiteralDetector } from './detector.ts'
import { tokenAt } from './token.ts'

const KEY = /sk-ant-[\w-]{24,400}/y

/** Keys and login tokens of Anthropic: `sk-ant-api03-…`, `sk-ant-oat01-…`. */
export const anthropicKey: LiteralDetector = {
  name: 'anthropic-key',
  noun: 'ANTHROPIC_KEY',
  // Searches are the quicker the rarer the first letter is.
  anchors: ['-ant-'],
  find: (text, at) => tokenAt(text, at - 2, KEY),
}
