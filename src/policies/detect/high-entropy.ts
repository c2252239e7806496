import type { Range, TextDetector } from './detector.ts'
import { entropyBits } from './randomness.ts'

const WORD = /[A-Za-z\d+/_-]{24,}={0,2}/g
const LONGEST = 100
const LEAST_BITS = 4.3
/** Hashes, UUIDs; digests of packages; ids of the API, of which each transcript is full. */
const HARMLESS =
  /^(?:[\da-f-]+|[\dA-F-]+|sha(?:1|256|384|512)-.*|(?:msg|toolu|srvtoolu|req|file|container)_.*)$/
const HASH_BEFORE = /(?:sha(?:1|256|384|512)[-:]|base64,)$/
/** Words joined to names and paths have long runs of one case; those of secrets are short. */
const LONG_RUN = /[a-z]{8}|[A-Z]{8}/

/** Words of upper-case, lower-case letters and digits as if drawn by lot. Finds what no other detector knows, and errs. */
export const highEntropy: TextDetector = {
  name: 'high-entropy',
  noun: 'SECRET',
  isWord: true,
  findAll: (text): readonly Range[] =>
    [...text.matchAll(WORD)]
      .map(({ 0: word, index }) => ({ start: index, end: index + word.length }))
      .filter(({ start, end }) =>
        isSecret(text.slice(start, end), text.slice(Math.max(0, start - 8), start)),
      ),
}

function isSecret(word: string, before: string): boolean {
  if (word.length > LONGEST || HARMLESS.test(word) || HASH_BEFORE.test(before)) return false
  const isMixed = /\d.*\d.*\d/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word)
  return isMixed && !LONG_RUN.test(word) && !/[/.]$/.test(before) && entropyBits(word) >= LEAST_BITS
}
