import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isJsonObject } from '../../../src/json/object.ts'
import { peek } from '../../../src/json/peek.ts'

const peekText = (text: string, ...names: string[]) => peek(Buffer.from(text), names)
const modelOf = (text: string) => peekText(text, 'model')?.['model']?.value

describe('finds', () => {
  test.each([
    ['"a"', 'a'],
    ['""', ''],
    ['"caf\\u00e9 \\"x\\" \\\\"', 'café "x" \\'],
    ['-1.5e3', -1500],
    ['true', true],
    ['false', false],
    ['null', null],
  ])('the value of %s', (text, value) => {
    expect(modelOf(`{"model":${text}}`)).toBe(value)
  })

  test('where the value stands', () => {
    const body = Buffer.from('{ "é" : 1 , "model" : "opus" }')
    const model = peek(body, ['model'])?.model
    expect(body.toString('utf8', model?.start, model?.end)).toBe('"opus"')
  })

  test('offsets only, for objects and arrays', () => {
    const text = '{"usage":{"a":[1]},"choices":[{}]}'
    expect(peekText(text, 'usage', 'choices')).toEqual({
      usage: { start: 9, end: 18 },
      choices: { start: 29, end: 33 },
    })
  })

  test('a member whose name is escaped', () => {
    expect(modelOf('{"\\u006dodel":"a"}')).toBe('a')
  })

  test('the last of duplicates, in any spelling', () => {
    expect(modelOf('{"model":"a","\\u006dodel":"b"}')).toBe('b')
  })

  test('members named like parts of Object.prototype', () => {
    expect(peekText('{"__proto__":1,"constructor":2}', 'constructor')).toEqual({
      constructor: { start: 29, end: 30, value: 2 },
    })
    expect(peekText('{}', 'constructor')).toEqual({})
    const proto = peekText('{"__proto__":1}', '__proto__') ?? {}
    expect(Object.getOwnPropertyDescriptor(proto, '__proto__')?.value).toMatchObject({ value: 1 })
  })

  test('behind a byte order mark and white space', () => {
    expect(modelOf('\uFEFF \t\r\n{ \n"model"\t:\r"a" } \n')).toBe('a')
  })

  test('beside invalid UTF-8, which reads as U+FFFD', () => {
    const body = Buffer.concat([
      Buffer.from('{"x":"'),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('","model":"a"}'),
    ])
    expect(peek(body, ['x', 'model'])).toMatchObject({ x: { value: '\uFFFD\uFFFD' }, model: { value: 'a' } })
  })

  test('nothing in an empty object', () => {
    expect(peekText('{}', 'model')).toEqual({})
  })
})

describe('is not fooled by', () => {
  test.each([
    ['a nested member', '{"a":{"model":"x"},"b":[{"model":"y"}]}'],
    ['a member in a string', '{"a":"\\",\\"model\\":\\"x\\""}'],
    ['brackets in strings', '{"a":{"b":"}]"},"c":["]}",{"model":"x"}]}'],
    ['a value of that text', '{"a":"model","b":["model","x"]}'],
    ['a string that ends in backslashes', '{"a":"\\\\","b":"\\\\\\"model\\":1"}'],
  ])('%s', (_, text) => {
    expect(peekText(text, 'model')).toEqual({})
  })

  test('quotes and backslashes at every distance in a long string', () => {
    for (let length = 0; length < 200; length++) {
      const value = `${'x'.repeat(length)}\\"\\${'\\"'.repeat(length % 5)}","model":1,`.repeat(3)
      expect(modelOf(JSON.stringify({ value, model: length }))).toBe(length)
    }
  })
})

describe('gives undefined for', () => {
  test.each([
    ['nothing', ''],
    ['white space', ' \n'],
    ['an array', '[{"model":"a"}]'],
    ['a string', '"model"'],
    ['a word', 'null'],
    ['a missing value', '{"model":}'],
    ['a missing colon', '{"model" "a"}'],
    ['a missing comma', '{"model":"a" "b":1}'],
    ['a trailing comma', '{"model":"a",}'],
    ['a name without quotes', '{model:"a"}'],
    ['text behind the object', '{"model":"a"}}'],
    ['a wrong escape', '{"model":"\\x"}'],
    ['a raw control character', '{"model":"\u0001"}'],
    ['a wrong number', '{"model":01}'],
    ['an unended backslash', '{"model":"\\'],
  ])('%s', (_, text) => {
    expect(peekText(text, 'model')).toBeUndefined()
  })

  test('an object cut off at any byte', () => {
    const body = Buffer.from('{"model":"a\\"b","messages":[{"content":"\\\\"},[1,true]],"n":1.5,"e":{}}')
    for (let end = 0; end < body.length; end++) {
      expect(peek(body.subarray(0, end), ['model'])).toBeUndefined()
    }
  })
})

describe('for any input', () => {
  const names = ['model', 'stream', '', '__proto__', 'é', 'a"b']
  const name = fc.oneof(fc.constantFrom(...names), fc.string({ unit: 'binary' }))
  const members = fc.array(fc.tuple(name, fc.jsonValue({ stringUnit: 'binary' })), { maxLength: 8 })

  test('what JSON.parse gives is what peek gives', () => {
    fc.assert(
      fc.property(members, fc.constantFrom(undefined, 1, '\t'), (list, indent) => {
        const text = `{${list.map(([key, value]) => `${escapeAll(key)} :${JSON.stringify(value, null, indent)}`)}}`
        expectAgreement(Buffer.from(text), [...names, ...list.map(([key]) => key)])
      }),
      { numRuns: 1000 },
    )
  })

  test('damaged text never throws, and is found whenever JSON.parse reads it', () => {
    const damage = fc.array(
      fc.tuple(fc.nat(), fc.constantFrom(...Buffer.from('"\\{}[]:, \n1n\x00\xff', 'latin1'))),
    )
    fc.assert(
      fc.property(members, damage, (list, edits) => {
        const body = Buffer.from(JSON.stringify(Object.fromEntries(list)))
        for (const [at, byte] of edits) body[at % body.length] = byte
        expectAgreement(body, names)
      }),
      { numRuns: 2000 },
    )
  })

  test('arbitrary bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        peek(Buffer.from(bytes), names)
        peek(Buffer.concat([Buffer.from('{"model":'), bytes]), names)
      }),
    )
  })

  test('a million brackets do not exhaust the stack', () => {
    const depth = 1_000_000
    expect(modelOf(`{"a":${'['.repeat(depth)}${']'.repeat(depth)},"model":"a"}`)).toBe('a')
    expect(modelOf(`{"a":${'[{"a":'.repeat(depth)}`)).toBeUndefined()
  })
})

function escapeAll(text: string): string {
  const units = text.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `"${units.join('')}"`
}

function expectAgreement(body: Buffer, names: readonly string[]): void {
  const found = peek(body, names)
  const parsed = parse(body)
  if (parsed === undefined) return
  if (!isJsonObject(parsed)) {
    expect(found).toBeUndefined()
    return
  }
  for (const name of names) {
    const span = Object.getOwnPropertyDescriptor(found ?? {}, name)?.value
    const value = Object.getOwnPropertyDescriptor(parsed, name)?.value
    expect(span && JSON.parse(body.toString('utf8', span.start, span.end))).toEqual(value)
    if (span && !(typeof value === 'object' && value)) expect(span.value).toBe(value)
  }
  expect(found).toBeDefined()
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}
