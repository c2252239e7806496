import fc from 'fast-check'
import type { Condition, Operator } from '../../src/log/condition.ts'
import { fieldTest } from '../../src/log/condition.ts'

const WORDS = [
  'ok',
  'opus',
  'Opus',
  'a"b',
  'back\\slash',
  'é',
  '429',
  '-1.5',
  '1e3',
  'true',
  'no\nline',
  '',
  '*',
  'o*s',
]
const NUMBERS = [0, -1.5, 429, 1000, 0.1, 2 ** 60, 1e-7, 1e21]
const LEAVES = ['status', 'duration_ms', 'model', 'tags.project', 'usage.output_tokens', 'usage.deep.type']
const OPERATORS: readonly Operator[] = ['=', '<', '<=', '>', '>=', '~', 'begins', 'ends', 'holds', 'there']

const scalar = fc.oneof(fc.constantFrom(...WORDS, ...NUMBERS), fc.boolean(), fc.constant(null))

/** Parts of records, with what is hard in them: missing, null, escapes, numbers in texts, the same names further in. */
export const loosePart = fc.record(
  {
    outcome: fc.constantFrom('ok', 'truncated'),
    status: scalar,
    duration_ms: fc.double({ noNaN: true, noDefaultInfinity: true }),
    model: scalar,
    tags: fc.record({ project: scalar, status: scalar }, { requiredKeys: [] }),
    attempts: fc.array(fc.record({ status: scalar, model: scalar }, { requiredKeys: [] }), { maxLength: 3 }),
    usage: fc.oneof(
      fc.constant(null),
      fc.record({
        output_tokens: fc.oneof(scalar, fc.array(scalar)),
        deep: fc.array(fc.record({ type: scalar })),
      }),
    ),
  },
  { requiredKeys: ['outcome'] },
)

const leaf = fc
  .tuple(
    fc.constantFrom(...LEAVES, 'outcome', 'attempts.status', 'attempts'),
    fc.constantFrom(...OPERATORS),
    fc.constantFrom(...WORDS, ...NUMBERS.map(String)),
    fc.boolean(),
  )
  .map(([path, operator, text, isNull]): Condition => {
    const test = fieldTest(path, operator, text)
    return isNull && operator === '=' ? { ...test, value: { text: 'null', isNull: true } } : test
  })

/** Conditions of every shape over those parts. */
export const conditions = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    tie('node').map((of): Condition => ({ kind: 'not', of })),
    fc
      .tuple(
        fc.constantFrom('and' as const, 'or' as const),
        fc.array(tie('node'), { minLength: 2, maxLength: 4 }),
      )
      .map(([kind, of]): Condition => ({ kind, of })),
  ),
})).node
