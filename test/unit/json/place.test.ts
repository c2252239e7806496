import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placesOf } from '../../../src/json/place.ts'

const placeOf = (text: string, part: string) => placesOf(Buffer.from(text), [text.indexOf(part)])[0]

test.each([
  ['{"model":"x1"}', 'x1', 'model'],
  ['{"a":{"b":[1,{"c":"deep"}]}}', 'deep', 'a.b[1].c'],
  ['{"a b":{"c":"x1"}}', 'x1', '["a b"].c'],
  ['[["x1"]]', 'x1', '[0][0]'],
  ['{"a":{"name":1}}', 'name', 'a'],
  ['{"name":1}', 'name', ''],
  ['"x1"', 'x1', ''],
  ['{"a":"x1", no json', 'x1', ''],
])('in %s, %s stands at `%s`', (text, part, place) => {
  expect(placeOf(text, part)).toBe(place)
})

test('several places are found in one pass, in their order', () => {
  const text = '{"a":["one","two"],"b":"three","c":"four"}'
  const offsets = ['one', 'two', 'three'].map((part) => text.indexOf(part))
  expect(placesOf(Buffer.from(text), [0, ...offsets])).toEqual(['', 'a[0]', 'a[1]', 'b'])
})

test('a million brackets exhaust no stack', () => {
  const text = Buffer.from(`${'['.repeat(1e6)}1${']'.repeat(1e6)}`)
  expect(placesOf(text, [1e6])[0]).toBe('[0]'.repeat(40))
})

test('each string of any JSON is found at the path that leads to it', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.jsonValue({ maxDepth: 4 })), (value) => {
      const marked = markStrings(value)
      const text = Buffer.from(JSON.stringify(marked.value))
      const offsets = marked.paths.map((_, index) => text.indexOf(`"#${index}#`))
      expect(placesOf(text, offsets)).toEqual(marked.paths)
    }),
  )
})

/** Puts a number into each string, and tells where it stands. */
function markStrings(root: unknown): { value: unknown; paths: string[] } {
  const paths: string[] = []
  const mark = (value: unknown, path: string): unknown => {
    if (typeof value === 'string') return `#${paths.push(path) - 1}#`
    if (Array.isArray(value)) return value.map((item, index) => mark(item, `${path}[${index}]`))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.keys(value).map((name) => {
        const plain = /^[A-Za-z_$][\w$]*$/.test(name)
        const member = plain ? (path === '' ? name : `${path}.${name}`) : `${path}[${JSON.stringify(name)}]`
        return [name, mark((value as Record<string, unknown>)[name], member)]
      }),
    )
  }
  return { value: mark(root, ''), paths }
}
