import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'

const PEM = (
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }) as string
).trim()

/** What the built-in detectors find. */
export const VALUES = [
  'anna@firma.de',
  'Bob.B+x@mail.firma.co.uk',
  '+49 170 1234567',
  '4111 1111 1111 1111',
  'DE89370400440532013000',
  '536-90-4399',
  `AKIA${'Q3EGR7N5TX2WZ4BV'}`,
  PEM,
  PEM.replaceAll('\n', '\\n'),
]

/** Things that look like placeholders, or like the beginning of one, and JSON's and Markdown's own signs. */
const CONFUSING = [
  '<',
  '<E',
  '<EMAIL',
  '<EMAIL_',
  '<EMAIL_1234',
  '<EMAIL_12345678>',
  '<div>',
  '&lt;',
  '&',
  '\\',
  '\\u003c',
  '\\<',
  '"',
  '\n',
  '\u{1F600}',
  'é',
  '/',
]

const filler = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...CONFUSING) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  { weight: 1, arbitrary: fc.constantFrom('const a = 1', 'the end', ' ', '{"a":[1,2]}') },
)

interface Sprinkled {
  readonly text: string
  readonly values: string[]
}

/** A text with values in it, apart from what stands around them, and everything that could be taken for a placeholder. */
export const sprinkled: fc.Arbitrary<Sprinkled> = sprinkledWith('\t(', ') ')

/** The same without distance: some values are then none. */
export const crowded: fc.Arbitrary<Sprinkled> = sprinkledWith('', '')

function sprinkledWith(left: string, right: string): fc.Arbitrary<Sprinkled> {
  const part = fc.tuple(fc.array(filler, { maxLength: 4 }), fc.constantFrom(...VALUES))
  return fc
    .tuple(fc.array(part, { maxLength: 4 }), fc.array(filler, { maxLength: 4 }))
    .map(([parts, end]) => ({
      text: parts.map(([before, value]) => before.join('') + left + value + right).join('') + end.join(''),
      values: parts.map(([, value]) => value),
    }))
}

const text = sprinkled.map((one) => one.text)

const block = fc.oneof(
  text.map((content) => ({ type: 'text', text: content })),
  text.map((content) => ({ type: 'tool_use', id: 'toolu_01', name: 'Write', input: { path: 'a', content } })),
  text.map((content) => ({ type: 'tool_result', tool_use_id: 'toolu_01', content })),
  text.map((thinking) => ({ type: 'thinking', thinking, signature: 'c2ln' })),
)

/** Messages of a conversation, at least one. */
export const conversation = fc.array(
  fc.record({ role: fc.constantFrom('user', 'assistant'), content: fc.array(block, { maxLength: 3 }) }),
  { minLength: 1, maxLength: 6 },
)
