import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parsePattern } from '../../../src/exchange/pattern.ts'
import { PatternFinder } from '../../../src/exchange/pattern-finder.ts'

function found(patterns: string | readonly string[], text: string): string[] {
  const bytes = Buffer.from(text)
  const finder = new PatternFinder([patterns].flat())
  return finder.spansIn(bytes).map(({ start, end }) => bytes.toString('utf8', start, end))
}

function foundWithEdges(pattern: string, text: string, options = {}): string[] {
  const bytes = Buffer.from(text)
  const finder = new PatternFinder([pattern], { hasEdges: true, ...options })
  return finder.spansIn(bytes).map(({ start, end }) => bytes.toString('utf8', start, end))
}

test.each([
  ['ACME-\\d{6}', 'x ACME-123456 ACME-12345 ACME-6543217', ['ACME-123456', 'ACME-654321']],
  ['[\\w.+-]+@example\\.(com|org)', '"a.b+c@example.com", d@example.net', ['a.b+c@example.com']],
  ['ghp_[A-Za-z0-9]{4,8}', 'ghp_abc ghp_abcdefghijk', ['ghp_abcdefgh']],
  ['(?i)secret', 'SeCrEt secre', ['SeCrEt']],
  ['(?i)[a-c]x', 'AX bX dX', ['AX', 'bX']],
  ['abcd|bc', 'abcd abc', ['abcd', 'bc']],
  ['Müller+', 'Müllerrr Muller', ['Müllerrr']],
  ['(ä|ö){2}', 'äöä', ['äö']],
  ['[^"\\s]+@', '"x@ é@"', ['x@', 'é@']],
  ['a.c', 'abc a\nc aéc', ['abc']],
  ['\\(\\)\\[\\]\\.\\*', '()[].*', ['()[].*']],
  ['a-b]}', 'a-b]}', ['a-b]}']],
  ['[]a-]+', 'b]a-', [']a-']],
  ['x(?:yz)*', 'xyzyzy', ['xyzyz']],
  ['password"?: ?"?[^"]{4}', '{"password":"hunter2"}', ['password":"hunt']],
])('%s finds its matches', (pattern, text, matches) => {
  expect(found(pattern, text)).toEqual(matches)
})

describe('edges, where a pattern may have them', () => {
  test.each([
    ['\\bcat\\b', 'cat concat cat, bobcat', ['cat', 'cat']],
    ['\\bcat', 'äcat _cat', ['cat']],
    ['\\Bcat\\b', 'cat concat', ['cat']],
    ['^one', 'one\none', ['one']],
    ['two$', 'two\ntwo', ['two']],
    ['^(a|b)+$', 'abba', ['abba']],
    ['^(a|b)+$', 'abba\n', []],
    ['(?m)^b+$', 'a\nb\nbbc\nbb', ['b', 'bb']],
    ['(?im)^b$', 'a\nB', ['B']],
    ['\\A[ab]|[bc]\\z', 'abcbc', ['a', 'c']],
    ['(\\b|x)a', 'xa ba a', ['xa', 'a']],
    ['a(\\b|b)', 'ab a ac', ['ab', 'a']],
    ['\\bé', 'xé é', ['é']],
    ['[\\^$]\\$', '^$ $$', ['^$', '$$']],
  ])('%s in %j', (pattern, text, matches) => {
    expect(foundWithEdges(pattern, text)).toEqual(matches)
  })

  test.each(['\\b', '^', '$', '^a*', '(^|b)$', '\\ba|\\B'])('%s can match nothing at all', (pattern) => {
    expect(() => parsePattern(pattern, { hasEdges: true })).toThrow('nothing at all')
  })

  test.each([
    ['\\bkey-\\w+', ['key-aaaa']],
    ['\\bkey-[a-z]+\\b', []],
    ['\\bkey-a+(b\\b)?', ['key-aaaa']],
    ['\\bkey-[ab]{4}\\B', ['key-aaaa']],
    ['\\w{1,8}b\\b', ['aaaaaaab']],
  ])('%s sees what stands behind the longest match', (pattern, matches) => {
    expect(foundWithEdges(pattern, `key-${'a'.repeat(10)}b`, { maxBytes: 8 })).toEqual(matches)
  })

  test('what stands before some bytes counts', () => {
    const finder = new PatternFinder(['^a', '\\bb'], { hasEdges: true })
    const places = (text: string, before?: string) =>
      finder.spansIn(Buffer.from(text), before?.charCodeAt(0)).map(({ start }) => start)
    expect(places('a a b b')).toEqual([0, 4, 6])
    expect(places('a a b b', ' ')).toEqual([4, 6])
    expect(places('b b', 'a')).toEqual([2])
    expect(places('b b', '-')).toEqual([0, 2])
  })
})

test('several patterns are one search', () => {
  expect(found(['b+', 'abc'], 'abcd bb')).toEqual(['abc', 'bb'])
})

describe('what cannot be searched for in one pass, or is a mistake, is refused', () => {
  test.each([
    ['', /nothing at all/],
    ['a*', /nothing at all/],
    ['a|', /nothing at all/],
    ['(a?b*)+', /nothing at all/],
    ['^a', /as a character it is `\\\^`/],
    ['a$', /cannot stand here/],
    ['*a', /cannot stand here/],
    ['\\bword', /there is no `\\b`/],
    ['(a)\\1', /there is no `\\1`/],
    ['(?=a)b', /only `\(\?:…\)`/],
    ['(?<!a)b', /only `\(\?:…\)`/],
    ['a+?', /one repeat follows on another/],
    ['a{2}{3}', /one repeat follows on another/],
    ['a{3,2}', /ends before it begins/],
    ['a{1001}', /up to 1000/],
    ['a{,3}', /a repeat is/],
    ['(a{100}){100}', /longer than 2000 bytes/],
    ['(a', /not closed/],
    ['a)', /closes nothing/],
    ['[a', /breaks off/],
    ['[z-a]', /ends before it begins/],
    ['[ä]', /ASCII only/],
    ['a\\', /breaks off/],
    ['a{2', /breaks off/],
  ])('%s', (pattern, reason) => {
    expect(() => parsePattern(pattern)).toThrow(reason)
  })
})

const REPEATS = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}')

function patternOf(...atoms: string[]): fc.Arbitrary<string> {
  const item = fc.tuple(fc.constantFrom(...atoms), REPEATS).map((parts) => parts.join(''))
  const sequence = fc.array(item, { minLength: 1, maxLength: 4 }).map((items) => items.join(''))
  return fc.array(sequence, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|'))
}

function textOf(...letters: string[]): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...letters), maxLength: 20 })
}

test('matches are those of a regular expression, leftmost and longest', () => {
  const pattern = patternOf('a', 'b', 'c', '.', '[ab]', '[^a]', '(a|bc)', '(ab|a)')
  fc.assert(
    fc.property(pattern, textOf('a', 'b', 'c', 'd'), (source, text) => {
      if (new RegExp(`^(?:${source})$`).test('')) return
      expect(found(source, text)).toEqual(slowly(source, text))
    }),
    { numRuns: 3000 },
  )
})

test('so they are with edges, and where they may have so many bytes at most', () => {
  const atoms = ['a', '-', '[a-]', '[^a]', '\\n', '(a|-b)']
  const pattern = patternOf(...atoms, '(\\b)', '(\\B)', '(^)', '($)', '(^|a)', '(\\b|-)', '(b|$)')
  const text = textOf('a', 'b', '-', '\n')
  fc.assert(
    fc.property(pattern, text, fc.nat(9), fc.boolean(), (source, text, max, isByLine) => {
      const own = isByLine ? `(?m)${source}` : source
      const maxBytes = max || Number.POSITIVE_INFINITY
      try {
        parsePattern(own, { hasEdges: true })
      } catch {
        return
      }
      expect(foundWithEdges(own, text, { maxBytes })).toEqual(
        slowly(source, text, { flags: isByLine ? 'm' : '', maxBytes }),
      )
    }),
    { numRuns: 5000 },
  )
})

/** Each match begins as early as it can, and is the longest that does. */
function slowly(source: string, text: string, { flags = '', maxBytes = text.length } = {}): string[] {
  const matches: string[] = []
  for (let start = 0; start < text.length; start++) {
    for (let end = Math.min(text.length, start + maxBytes); end > start; end--) {
      const whole = `(?<=(?<![^])[^]{${start}})(?:${source})(?=[^]{${text.length - end}}(?![^]))`
      if (!new RegExp(whole, flags).test(text)) continue
      matches.push(text.slice(start, end))
      start = end - 1
      break
    }
  }
  return matches
}

test('texts and patterns that keep a backtracking search busy for years take one pass', () => {
  const text = 'a'.repeat(200_000)
  expect(found('(a|a|aa)+b', text)).toEqual([])
  expect(found('(\\w+\\s?)+@', text)).toEqual([])
  expect(found('.*.*.*=.*', text)).toEqual([])
  expect(found('a(.*b)?', text.slice(0, 2000))).toHaveLength(2000)
  expect(found('(x?a){1,500}', text).join('')).toBe(text)
  expect(foundWithEdges('(a+a+)+\\b-', text)).toEqual([])
  expect(foundWithEdges('^(a|aa)+$', text)).toEqual([text])
})

test.each([
  ['a new state at nearly every byte', 'password.{0,100}\\d{4}', 'password9 1 7'],
  ['a long look behind every match', 'a(.*b)?', 'a'],
])('a search that needs %s is given up', (_, pattern, piece) => {
  let seed = 1
  const digits = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return String(seed)
  }
  const text = Array.from({ length: 20_000 }, () => piece + (piece === 'a' ? '' : digits())).join('')
  expect(() => found(pattern, text)).toThrow('would take too long')
})
