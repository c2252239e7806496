import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { peek } from '../../../src/json/peek.ts'
import type { Edit } from '../../../src/json/splice.ts'
import { splice } from '../../../src/json/splice.ts'

const edit = (start: number, end: number, text: string): Edit => ({ start, end, bytes: Buffer.from(text) })
const spliced = (pieces: readonly string[], ...edits: Edit[]) =>
  Buffer.concat(
    splice(
      pieces.map((piece) => Buffer.from(piece)),
      edits,
    ),
  ).toString()

describe('a range is replaced', () => {
  test.each([
    ['in one piece', ['abcdef'], edit(2, 4, 'XYZ'), 'abXYZef'],
    ['across pieces', ['ab', 'cd', 'ef'], edit(1, 5, '-'), 'a-f'],
    ['at the edge of pieces', ['ab', 'cd'], edit(2, 2, '-'), 'ab-cd'],
    ['at the start', ['ab', 'cd'], edit(0, 1, 'X'), 'Xbcd'],
    ['at the end', ['ab', 'cd'], edit(3, 4, 'X'), 'abcX'],
    ['by nothing', ['ab', 'cd'], edit(1, 3, ''), 'ad'],
    ['beside empty pieces', ['', 'ab', '', 'cd', ''], edit(1, 3, '-'), 'a-d'],
  ])('%s', (_, pieces, one, expected) => {
    expect(spliced(pieces, one)).toBe(expected)
  })

  test('and others behind it', () => {
    expect(spliced(['abc', 'def'], edit(0, 1, 'A'), edit(1, 2, 'BB'), edit(4, 6, ''))).toBe('ABBcd')
  })
})

test('without edits the pieces are the same', () => {
  const chunks = [Buffer.from('ab'), Buffer.from('cd')]
  expect(splice(chunks, [])).toEqual(chunks)
})

test('what is not replaced is not copied', () => {
  const chunk = Buffer.from('abcdef')
  const [before, , behind] = splice([chunk], [edit(2, 4, 'X')])
  chunk.fill('.')
  expect([before?.toString(), behind?.toString()]).toEqual(['..', '..'])
})

test('no piece is empty', () => {
  expect(splice([Buffer.from('ab')], [edit(0, 2, '')])).toEqual([])
})

test.each([
  ['overlap', [edit(0, 3, ''), edit(2, 4, '')]],
  ['stand in another order', [edit(3, 4, ''), edit(0, 1, '')]],
  ['end before their start', [edit(3, 2, '')]],
])('edits that %s are refused', (_, edits) => {
  expect(() => splice([Buffer.from('abcdef')], edits)).toThrow(RangeError)
})

describe('for any object with a model', () => {
  const text = fc.string({ unit: 'binary' })
  const name = fc.oneof(fc.constantFrom('model', 'messages', 'metadata'), text)
  const value = fc.oneof(
    fc.jsonValue({ stringUnit: 'binary' }),
    fc.constant({ model: 'asked', metadata: { model: 'asked' } }),
  )
  const members = fc.array(fc.tuple(name, value), { maxLength: 8 })
  const indent = fc.constantFrom(undefined, 1, '\t')

  test('its name alone changes, wherever the pieces end', () => {
    fc.assert(
      fc.property(members, members, text, text, indent, fc.nat(), (before, behind, asked, sent, gap, at) => {
        const rest = behind.filter(([key]) => key !== 'model')
        const body = Buffer.from(objectText([...before, ['model', asked], ...rest], gap))
        const { start = 0, end = 0 } = peek(body, ['model'])?.model ?? {}
        const result = Buffer.concat(splice(inPieces(body, at), [edit(start, end, JSON.stringify(sent))]))
        const expected = { ...JSON.parse(body.toString()), model: sent }
        expect(JSON.parse(result.toString())).toEqual(expected)
        expect(result.subarray(0, start)).toEqual(body.subarray(0, start))
        expect(result.subarray(result.length - (body.length - end))).toEqual(body.subarray(end))
      }),
      { numRuns: 300 },
    )
  })

  function objectText(
    list: readonly (readonly [string, unknown])[],
    gap: string | number | undefined,
  ): string {
    const texts = list.map(([key, item]) => `${JSON.stringify(key)} : ${JSON.stringify(item, null, gap)}`)
    return ` {${texts.join(' ,\n')}}\n`
  }

  function inPieces(body: Buffer, at: number): Buffer[] {
    const size = 1 + (at % body.length)
    const count = Math.ceil(body.length / size)
    return Array.from({ length: count }, (_, i) => body.subarray(i * size, (i + 1) * size))
  }
})
