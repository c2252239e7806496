import { isWord } from './boundary.ts'
import type { LiteralDetector, Range } from './detector.ts'
import { looksRandom } from './randomness.ts'
import { tokenAt } from './token.ts'

/** An access key id: base32 behind the prefix (IAM user guide, unique identifiers). */
const ID_PREFIX = /^A[KS]IA/
const ID = /A[KS]IA[A-Z2-7]{16}/y
/** A secret key has no mark of its own, so it is known by its name: SecretAccessKey, aws_secret_access_key. */
const NAMED_SECRET = /(?<=secret)_?access_?key[\\"']{0,4} {0,4}[:=]{1,2} {0,4}[\\"']{0,4}([A-Za-z\d+/]{40})/iy

/** AWS access key ids, and secret keys that stand behind their name. */
export const awsKey: LiteralDetector = {
  name: 'aws-key',
  noun: 'AWS_KEY',
  anchors: ['AKIA', 'ASIA', '_access_key', 'AccessKey', '_ACCESS_KEY'],
  find: (text, at) =>
    ID_PREFIX.test(text.slice(at, at + 4)) ? tokenAt(text, at, ID) : secretBehind(text, at),
}

function secretBehind(text: string, at: number): readonly Range[] {
  NAMED_SECRET.lastIndex = at
  const match = NAMED_SECRET.exec(text)
  if (!match?.[1] || !looksRandom(match[1])) return []
  const end = at + match[0].length
  return isWord(text.charCodeAt(end)) || /[+/=]/.test(text.charAt(end)) ? [] : [{ start: end - 40, end }]
}
