import { expect, test } from 'vitest'
import { decoration } from '../../../src/config/decorator-kind.ts'
import { parseDecorators } from '../../../src/config/decorator-parser.ts'
import { faultOf, ruleError } from '../../../src/config/rule-fields.ts'

function messageFor(json: unknown): string | undefined {
  const fault = faultOf(() => parseDecorators(json))
  return fault && ruleError('policies.decorators', fault, 'config.json:3').message
}

test('reads texts as people write them, in their order', () => {
  const rules = parseDecorators({
    brief: { text: 'Be very concise.' },
    branch: { text: 'On {branch}.', at: 'user-turn', match: { model: '*opus*', project: 'shop' } },
  })
  expect(rules).toEqual([
    { name: 'brief', text: 'Be very concise.', at: 'system-end', match: {} },
    { name: 'branch', text: 'On {branch}.', at: 'user-turn', match: { model: '*opus*', project: 'shop' } },
  ])
})

test.each([
  [[], '`policies.decorators` must be a JSON object of texts by name, not an array'],
  [
    { 'a b': {} },
    '`policies.decorators` must be texts whose names are letters, digits, `-` and `_`, not "a b"',
  ],
  [{ a: 'text' }, '`policies.decorators.a` must be a JSON object, not "text"'],
  [
    { a: {} },
    '`policies.decorators.a.text` must be a text of at most 20000 characters, and not empty, not left out',
  ],
  [{ a: { text: ' \n' } }, '`policies.decorators.a.text` must be a text of at most 20000 characters'],
  [{ a: { text: 'x'.repeat(20_001) } }, 'not "xxxxxxxxxxxx…"'],
  [
    { a: { text: 'on {brnch}' } },
    'must be a text with no other variables than `{repository}`, `{branch}`, `{user}`, `{date}` (a brace itself is written `{{` or `}}`), not one with "{brnch}"',
  ],
  [
    { a: { text: 'x', at: 'end' } },
    '`policies.decorators.a.at` must be one of `system-end`, `system-start`, `user-turn`, not "end"',
  ],
  [{ a: { text: 'x', mach: {} } }, 'no key `policies.decorators.a.mach`; did you mean `match`?'],
  [
    { a: { text: 'x', match: { models: 'a' } } },
    'no key `policies.decorators.a.match.models`; did you mean `model`?',
  ],
  [
    { a: { text: 'x', match: { model: ['a'] } } },
    '`policies.decorators.a.match.model` must be a text, in which',
  ],
])('%j is refused with its place', (json, message) => {
  expect(messageFor(json)).toContain('config.json:3')
  expect(messageFor(json)).toContain(message)
})

test.each([
  ['', ''],
  ['Be brief.', 'Be brief.'],
  [' \n', undefined],
  ['x'.repeat(20_001), undefined],
])('one text, %j, is read as %j', (text, value) => {
  expect(decoration.parse(text)).toBe(value)
  expect(decoration.read(text)).toBe(value)
})
