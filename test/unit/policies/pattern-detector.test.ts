import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFinder } from '../../../src/policies/detect/find.ts'
import { patternDetector } from '../../../src/policies/detect/pattern-detector.ts'
import { createMasking } from '../../../src/policies/mask/masking.ts'
import { conversation } from '../../support/masked-texts.ts'

const KEY = Buffer.alloc(32, 7)

function found(pattern: string, text: string, maxBytes = 256): string[] {
  const find = createFinder([patternDetector('x', pattern, maxBytes)])
  return find(text).map(({ start, end }) => text.slice(start, end))
}

test('its noun is its name as placeholders have it', () => {
  expect(patternDetector('staff-id2', 'a', 9)).toMatchObject({ name: 'staff-id2', noun: 'STAFF_ID2' })
})

describe('what is found', () => {
  test.each([
    ['among other letters', 'EMP-\\d+', 'äöü \u{1F600} EMP-12 \ud800 EMP-3', ['EMP-12', 'EMP-3']],
    ['with letters beyond ASCII', 'Straße \\d', 'Straße 5, Straße x', ['Straße 5']],
    ['up to the whole of the last letter', 'x.', 'xä x\u{1F600}', ['xä', 'x\u{1F600}']],
    ['from the whole of the first letter', '.y', 'äy', ['äy']],
    ['letter by letter', '.', 'ä\u{1F600}', ['ä', '\u{1F600}']],
    ['at the edges of words', '\\bcat\\b', 'cat concat äcat', ['cat', 'cat']],
    ['at the ends of the text', '^a|a$', 'aa aa', ['a', 'a']],
    ['at the ends of lines', '(?m)^ä.*$', 'ä\nbä\näé', ['ä', 'äé']],
  ])('%s', (_, pattern, text, matches) => {
    expect(found(pattern, text)).toEqual(matches)
  })

  test.each([
    ['as long as may be', 'A[a-z]{7}B', 9, ['AbbbbbbbB']],
    ['longer', 'A[a-z]{7}B', 8, []],
    ['longer, with a shorter one in it', 'A[a-z]*B?', 8, ['Abbbbbbb']],
    ['longer, at the edge of a word', '\\bA[a-z]*B?', 8, ['Abbbbbbb']],
    ['longer, up to the edge of a word', 'A[a-z]*B\\b', 8, []],
    ['longer, with one that begins later', '[a-zA]+B', 4, ['bbbB']],
  ])('%s', (_, pattern, maxBytes, matches) => {
    expect(found(pattern, '- AbbbbbbbB -', maxBytes)).toEqual(matches)
  })

  test('is what an expression finds that counts letters, of all matches that are short enough', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '-', 'ä', '\u{1F600}'), maxLength: 60 })
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), (source, max) => {
        expect(found('-[ab]+', source, max + 1)).toEqual(
          source.match(new RegExp(`-[ab]{1,${max}}`, 'g')) ?? [],
        )
      }),
      { numRuns: 500 },
    )
  })
})

test('a search that takes too long is given up, also where the text is in many pieces', () => {
  const detector = patternDetector('x', 'a[ab]*c', 8192)
  const find = createFinder([detector])
  const piece = `${'a'.repeat(20_000)}c`
  expect(() => find(piece)).toThrow(RangeError)
  const short = `${'a'.repeat(8500)}c`
  let given = 0
  try {
    for (; given < 1000; given += 1) find(short)
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError)
  }
  expect(given).toBeLessThan(10)
  expect(find('aac')).toHaveLength(1)
})

test('what is too long hides nothing that stands behind it', () => {
  expect(found('\\bkey-\\w+', `key-${'a'.repeat(300)} key-777`)).toEqual([
    `key-${'a'.repeat(252)}`,
    'key-777',
  ])
  expect(found('\\bkey-.+', `key-${'a '.repeat(200)}key-777`)).toEqual([`key-${'a '.repeat(126)}`, 'key-777'])
})

test('a look up to the end of the text for each match is not taken', () => {
  const pattern = '\\bfoo((.|\\n)*bar)?'
  expect(found(pattern, 'foo '.repeat(8000))).toHaveLength(8000)
  expect(() => found(pattern, 'foo '.repeat(250_000))).toThrow(RangeError)
  expect(found('\\bfoo(.|\\n)*bar\\b', 'foo '.repeat(250_000))).toEqual([])
})

test('what is remembered of the last request changes nothing, however a conversation grows', () => {
  const rules = [
    { detector: patternDetector('word', '([a-z]|ä){3,}@?', 12), action: 'mask' },
    { detector: patternDetector('digits', '\\d[\\d ]*\\d', 9), action: 'irreversible' },
    { detector: patternDetector('any', '[^a-z]{2}', 2), action: 'flag' },
    { detector: patternDetector('edges', '^\\W|\\b[^a]\\b|a$', 3), action: 'flag' },
  ] as const
  const mask = createMasking(rules, { key: KEY })
  fc.assert(
    fc.property(conversation, fc.array(fc.nat(), { maxLength: 4 }), (messages, cuts) => {
      for (const cut of cuts) {
        const part = messages.slice(0, 1 + (cut % messages.length))
        const body = Buffer.from(JSON.stringify({ model: 'm', messages: part, system: 'to a@b.de' }))
        expect(mask(body, 'session')).toEqual(createMasking(rules, { key: KEY })(body, 'session'))
      }
    }),
    { numRuns: 200 },
  )
}, 60_000)
