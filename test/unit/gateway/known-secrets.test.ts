import { expect, test } from 'vitest'
import type { ExchangeFacts } from '../../../src/gateway/exchange-facts.ts'
import { KnownSecrets } from '../../../src/gateway/known-secrets.ts'

type Facts = Pick<ExchangeFacts, 'supplies' | 'rawHeaders' | 'target'>

function given(...values: readonly string[]): Facts {
  const secrets = values.map((value) => ({ value, source: 'test' }))
  return { supplies: [{ credential: undefined, headers: {}, secrets }], rawHeaders: [], target: '/' }
}

test('are the local one and what an exchange was given', () => {
  expect(new KnownSecrets('local').of(given('first', 'second'))).toEqual(['local', 'first', 'second'])
})

test('stay the same list as long as nothing changes', () => {
  const known = new KnownSecrets('local')
  expect(known.of(given('first'))).toBe(known.of(given('first')))
})

test('of earlier exchanges are remembered, but not without end', () => {
  const known = new KnownSecrets('local')
  for (let i = 0; i < 1000; i++) known.of(given(`credential-${i}`))
  const secrets = known.of(given('last'))
  expect(secrets).toHaveLength(5)
  expect(secrets).toEqual(expect.arrayContaining(['local', 'credential-999', 'last']))
})

test('of the way to the upstream join as they get known, and stay', () => {
  const way = new Set(['of-the-proxy'])
  const known = new KnownSecrets('local', way)
  expect(known.of(given('first'))).toEqual(['local', 'of-the-proxy', 'first'])
  way.add('passphrase')
  for (let i = 0; i < 10; i++) known.of(given(`credential-${i}`))
  expect(known.of(given()).slice(0, 3)).toEqual(['local', 'of-the-proxy', 'passphrase'])
  expect(known.of(given())).toBe(known.of(given()))
})

test('of an exchange are all there, however many', () => {
  const many = Array.from({ length: 40 }, (_, i) => `secret-${i}`)
  expect(new KnownSecrets('local').of(given(...many))).toEqual(expect.arrayContaining(['local', ...many]))
})

test('of a client are known for its own exchange alone', () => {
  const known = new KnownSecrets('local')
  expect(known.of({ ...given(), rawHeaders: ['X-Api-Key', 'of-the-client'] })).toEqual([
    'local',
    'of-the-client',
  ])
  expect(known.of(given())).toEqual(['local'])
})

test('of our own headers are those with the name of a secret, for each exchange that was given them', () => {
  const headers = { 'X-Team-Key': 'literal-secret', 'X-Team': 'literal-name' }
  const facts = { ...given(), supplies: [{ credential: undefined, headers, secrets: [] }] }
  expect(new KnownSecrets('local').of(facts)).toEqual(['local', 'literal-secret'])
})
