import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../../../src/config/json-tree.ts'
import { isMembers, parseJsonTree } from '../../../src/config/json-tree.ts'

describe('parseJsonTree', () => {
  test('reads what JSON.parse reads, however it is spaced', () => {
    const document = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }))
    fc.assert(
      fc.property(document, fc.constantFrom(undefined, 1, '\t', '\r\n'), (value, space) => {
        const text = JSON.stringify(value, undefined, space)
        expect(plain(parseJsonTree(text, 'f').value)).toEqual(JSON.parse(text))
      }),
    )
  })

  test('refuses what JSON.parse refuses', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"a"',
      '"b',
      '1',
      '-',
      '01',
      '1.',
      'true',
      'nul',
      ' ',
      '\\',
      '"\\x"',
      "'",
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = `{"x": ${pieces.join('')}}`
        if (!isJson(text)) expect(() => parseJsonTree(text, 'f')).toThrow('f:1:')
      }),
    )
  })

  test('knows the line of each name', () => {
    const text = '\ufeff\n{\r\n  "a": 1,\n\n  "b": {\n    "c":\n      [2]\n  }\n}\n'
    const { line, value } = parseJsonTree(text, 'f')
    const b = value.get('b')
    expect([line, value.get('a')?.line, b?.line]).toEqual([2, 3, 5])
    expect(b && isMembers(b.value) && b.value.get('c')?.line).toBe(6)
  })

  test.each([
    ['', 'f:1:1: it is no JSON object'],
    ['[]', 'f:1:1: it is no JSON object'],
    ['{"a": 1} x', 'f:1:10: there is more text'],
    ['{"a" 1}', 'f:1:6: `:` is missing'],
    ['{"a": 1\n"b": 2}', 'f:2:1: `}` is missing'],
    ['{"a": 1,}', 'f:1:9: a name in double quotes is missing'],
    ["{'a': 1}", 'f:1:2: a name in double quotes is missing'],
    ['{"a": [1 2]}', 'f:1:10: `]` is missing'],
    ['{\n "a": 1,\n "a": 2\n}', 'f:3:2: this name stands here for the second time'],
    ['{"a": "tab\t"}', 'f:1:7: a value is missing, or is no valid JSON'],
    ['{// no\n}', 'f:1:2: a name in double quotes is missing'],
  ])('says where %j is wrong', (text, message) => {
    expect(() => parseJsonTree(text, 'f')).toThrow(message)
  })

  test('has the names of objects as plain data', () => {
    const { value } = parseJsonTree('{"__proto__": 1, "constructor": 2}', 'f')
    expect([...value.keys()]).toEqual(['__proto__', 'constructor'])
  })
})

function plain(value: JsonValue): unknown {
  if (isMembers(value)) {
    return JSON.parse(
      `{${[...value].map(([name, node]) => `${JSON.stringify(name)}:${JSON.stringify(plain(node.value))}`)}}`,
    )
  }
  return Array.isArray(value) ? value.map((node) => plain(node.value)) : value
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
