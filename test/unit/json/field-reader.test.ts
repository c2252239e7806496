import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KIND } from '../../../src/json/field-kind.ts'
import { FieldReader } from '../../../src/json/field-reader.ts'
import { isJsonObject } from '../../../src/json/object.ts'

const WANTED = { a: true, model: true, list: true, usage: { a: true, in: true, deep: { b: true } } } as const
const PATHS = ['a', 'model', 'list', 'usage', 'usage.a', 'usage.in', 'usage.deep', 'usage.deep.b']

const reader = new FieldReader(WANTED)

/** What the reader found, with strings as their bytes say them. */
function read(bytes: Buffer, start = 0, end = bytes.length): Record<string, unknown> | undefined {
  if (!reader.read(bytes, start, end)) return undefined
  const found = PATHS.map((path) => [path, slotValue(reader.slots.get(path) ?? -1)] as const)
  return Object.fromEntries(found.filter(([, value]) => value !== undefined))
}

function slotValue(slot: number): unknown {
  switch (reader.kind(slot)) {
    case KIND.absent:
      return undefined
    case KIND.string:
      return reader.text(slot)
    case KIND.number:
      return unsigned(reader.number(slot))
    case KIND.array:
      return `array of ${reader.size(slot)}`
    case KIND.object:
      return 'object'
    default:
      return { [KIND.true]: true, [KIND.false]: false, [KIND.null]: null }[reader.kind(slot) as 3 | 4 | 5]
  }
}

/** The same, by way of JSON.parse. */
function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (!isJsonObject(value)) return undefined
    const found = PATHS.map((path) => [path, memberAt(value, path.split('.'))] as const)
    return Object.fromEntries(found.filter(([, member]) => member !== undefined))
  } catch {
    return undefined
  }
}

function memberAt(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) {
    if (Array.isArray(value)) return `array of ${value.length}`
    if (typeof value === 'number') return unsigned(value)
    return isJsonObject(value) ? 'object' : value
  }
  return isJsonObject(value) && Object.hasOwn(value, name) ? memberAt(value[name], rest) : undefined
}

/** Zero has no sign for us. */
function unsigned(value: number): number {
  return value + 0
}

/** Objects whose names are often wanted ones, with anything in them. */
const { object: objects } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.string({ unit: 'binary' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.constantFrom(true, false, null, -0, 1e300, 0.1, 123456789012345680000),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc
    .array(
      fc.tuple(
        fc.oneof(
          fc.constantFrom('a', 'model', 'list', 'usage', 'in', 'deep', 'b'),
          fc.string({ unit: 'grapheme', maxLength: 6 }),
        ),
        tie('value'),
      ),
      { maxLength: 8 },
    )
    .map((entries) => ({ entries })),
}))

/** Text as another program may write it: names twice, escapes, white space. */
function write(value: unknown, pick: () => number): string {
  const blank = () => ['', '', '', ' ', '\t', '\r', '  '][pick() % 7] ?? ''
  const string = (text: string) => {
    const json = JSON.stringify(text)
    if (pick() % 8 > 0 || text === '') return json
    return `"${Array.from({ length: text.length }, (_, index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`).join('')}"`
  }
  if (typeof value === 'string') return string(value)
  if (Array.isArray(value)) return `[${blank()}${value.map((item) => write(item, pick)).join(`${blank()},`)}]`
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : JSON.stringify(value)
  const { entries } = value as { readonly entries: readonly (readonly [string, unknown])[] }
  const members = entries.map(
    ([name, member]) => `${blank()}${string(name)}${blank()}:${blank()}${write(member, pick)}${blank()}`,
  )
  return `{${members.join(',')}${blank()}}`
}

const texts = fc
  .tuple(objects, fc.infiniteStream(fc.nat(1000)))
  .map(([value, numbers]) => write(value, () => numbers.next().value ?? 0))

describe('finds what JSON.parse finds', () => {
  test('in any object', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(read(Buffer.from(text))).toEqual(parse(Buffer.from(text).toString()))
      }),
      { numRuns: 600 },
    )
  })

  test('in a text that breaks off, or has a byte changed', () => {
    const changes = fc.tuple(fc.nat(), fc.nat(255), fc.boolean())
    fc.assert(
      fc.property(texts, changes, (text, [place, byte, isCut]) => {
        const bytes = Buffer.from(text)
        const at = place % bytes.length
        if (byte !== 0x0a) bytes[at] = byte
        const line = isCut ? bytes.subarray(0, at) : bytes
        expect(read(line)).toEqual(parse(line.toString()))
      }),
      { numRuns: 1000 },
    )
  })

  test('in a line among others', () => {
    const before = '{"model":"before"}\n'
    const line = '{"model":"this","usage":{"in":12.5}}'
    const bytes = Buffer.from(`${before}${line}\n{"model":"after"}\n`)
    expect(read(bytes, before.length, before.length + line.length)).toEqual({
      model: 'this',
      usage: 'object',
      'usage.in': 12.5,
    })
  })
})

test.each([
  ['the last of duplicates', '{"usage":{"in":1,"a":2},"usage":{"in":3}}', { usage: 'object', 'usage.in': 3 }],
  ['nothing inside of what became a number', '{"usage":{"in":1},"usage":5}', { usage: 5 }],
  ['a name that is escaped', '{"\\u006dodel":"x"}', { model: 'x' }],
  ['a name only at its own depth', '{"x":{"model":"no"},"y":[{"model":"no"}]}', {}],
  ['text that looks like a member', '{"x":"\\"model\\":\\"no\\"","model":"yes"}', { model: 'yes' }],
  ['a line end of Windows', '{"a":1}\r', { a: 1 }],
])('%s', (_what, text, found) => {
  expect(read(Buffer.from(text))).toEqual(found)
})

test('text too deep to be walked is left to JSON.parse', () => {
  const deep = `{"x":${'['.repeat(10_000)}${']'.repeat(10_000)},"model":"é","list":[1,[2,3]]}`
  expect(read(Buffer.from(deep))).toEqual({ model: 'é', list: 'array of 2' })
})
