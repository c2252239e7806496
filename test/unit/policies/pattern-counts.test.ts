import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Finder } from '../../../src/exchange/needles.ts'
import { PatternFinder } from '../../../src/exchange/pattern-finder.ts'
import { createPatternCounter } from '../../../src/policies/guard/pattern-counts.ts'
import { conversation } from '../../support/masked-texts.ts'

const groups = () => [[new PatternFinder(['[a-z]{4}', '\\d+'])], [new PatternFinder(['@'])]]

test('what is remembered changes no count, however a conversation grows', () => {
  const count = createPatternCounter(groups())
  fc.assert(
    fc.property(conversation, fc.array(fc.nat(), { maxLength: 4 }), (messages, cuts) => {
      for (const cut of cuts) {
        const part = messages.slice(0, 1 + (cut % messages.length))
        const body = Buffer.from(JSON.stringify({ model: 'm', messages: part, system: 'to a@b.de' }))
        expect(count(body, 'session')).toEqual(createPatternCounter(groups())(body, 'session'))
      }
    }),
    { numRuns: 200 },
  )
}, 60_000)

test('all of a body counts: numbers, what stands there twice, and every member', () => {
  const count = createPatternCounter(groups())
  const body = Buffer.from(
    '{"system":"@","messages":[{"content":[{"input":{"a":1234}}]}],"messages":["@@"],"system":["@"],"tools":[{"name":"@"}],"n":77}',
  )
  // `name` alone has four letters among the values, and `cont` and `inpu` begin the names in them.
  expect(count(body, 's')).toEqual([5, 5])
  expect(count(body, 'another')).toEqual([5, 5])
})

test('what was looked through is not looked through again, though the mark of the cache moved', () => {
  let looked = 0
  const finder: Finder = {
    spansIn: (bytes) => {
      looked += bytes.length
      return []
    },
  }
  const count = createPatternCounter([[finder]])
  const long = 'a'.repeat(10_000)
  const marked = { content: [{ text: 'b', cache_control: { type: 'ephemeral' } }] }
  const messages = [{ content: long }, marked]
  count(Buffer.from(JSON.stringify({ messages, tools: [long] })), 's')
  expect(looked).toBeGreaterThan(20_000)
  looked = 0
  const later = [{ content: long }, { content: [{ text: 'b' }] }, { content: 'new' }]
  count(Buffer.from(JSON.stringify({ messages: later, tools: [long] })), 's')
  expect(looked).toBe('{"content":[{"text":"b"}]}'.length + '{"content":"new"}'.length)
})

test('a search that was given up is so for its group alone, and in the next turn too', () => {
  let calls = 0
  const slow: Finder = {
    spansIn: () => {
      calls += 1
      throw new RangeError('too long')
    },
  }
  const count = createPatternCounter([[slow], [new PatternFinder(['a'])]])
  const body = Buffer.from('{"messages":[{"content":"a"}]}')
  expect(count(body, 's')).toEqual([undefined, 1])
  expect(count(body, 's')).toEqual([undefined, 1])
  expect(calls).toBe(1)
})
