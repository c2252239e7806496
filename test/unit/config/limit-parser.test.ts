import { expect, test } from 'vitest'
import { limitError, parseLimits } from '../../../src/config/limit-parser.ts'
import { RuleFault } from '../../../src/config/rule-fields.ts'

function faultOf(json: unknown): RuleFault {
  try {
    parseLimits(json)
  } catch (error) {
    if (error instanceof RuleFault) return error
  }
  throw new Error('it was accepted')
}

test('reads limits as people write them', () => {
  const { rules, onStoreError } = parseLimits({
    rules: {
      daily: { usd: 20.5, per: 'day' },
      opus: { tokens: 1e6, per: 'month', by: 'project', warnAt: 0.5, match: { model: '*opus*' } },
      agents: { concurrent: 6 },
      burst: { burst: 10, by: 'session' },
    },
  })
  expect(onStoreError).toBe('local')
  expect(rules).toEqual([
    { name: 'daily', what: 'usd', most: 20.5, per: 'day', by: 'all', warnAt: 0.8, match: {} },
    {
      name: 'opus',
      what: 'tokens',
      most: 1e6,
      per: 'month',
      by: 'project',
      warnAt: 0.5,
      match: { model: '*opus*' },
    },
    { name: 'agents', what: 'concurrent', most: 6, by: 'all', warnAt: 0.8, match: {} },
    { name: 'burst', what: 'burst', most: 10, by: 'session', warnAt: 0.8, match: {} },
  ])
})

test.each([
  [[], '', 'a JSON object', 'an array'],
  [{ rules: [] }, 'rules', 'a JSON object of limits by name', 'an array'],
  [{ rules: { 'a b': {} } }, 'rules', 'limits whose names are letters, digits, `-` and `_`', '"a b"'],
  [{ rules: { a: 5 } }, 'rules.a', 'a JSON object', '5'],
  [
    { rules: { a: { per: 'day' } } },
    'rules.a',
    expect.stringMatching(/^a limit with one of `requests`/),
    'one without',
  ],
  [
    { rules: { a: { usd: 1, tokens: 1, per: 'day' } } },
    'rules.a',
    expect.any(String),
    'one with `tokens`, `usd`',
  ],
  [{ rules: { a: { usd: 0, per: 'day' } } }, 'rules.a.usd', 'a number of USD above 0', '0'],
  [{ rules: { a: { usd: '5', per: 'day' } } }, 'rules.a.usd', 'a number of USD above 0', '"5"'],
  [{ rules: { a: { tokens: 1.5, per: 'day' } } }, 'rules.a.tokens', 'a whole number above 0', '1.5'],
  [{ rules: { a: { tokens: 1e300, per: 'day' } } }, 'rules.a.tokens', 'a whole number above 0', '1e+300'],
  [{ rules: { a: { usd: 1 } } }, 'rules.a.per', expect.stringMatching(/^one of `minute`/), 'left out'],
  [{ rules: { a: { usd: 1, per: 'week' } } }, 'rules.a.per', expect.stringMatching(/^one of/), '"week"'],
  [{ rules: { a: { concurrent: 1, per: 'day' } } }, 'rules.a.per', 'left out beside `concurrent`', '"day"'],
  [{ rules: { a: { usd: 1, per: 'day', by: 'agent' } } }, 'rules.a.by', expect.any(String), '"agent"'],
  [{ rules: { a: { usd: 1, per: 'day', warnAt: 80 } } }, 'rules.a.warnAt', 'a number from 0 to 1', '80'],
  [
    { rules: { a: { usd: 1, per: 'day', match: { model: '' } } } },
    'rules.a.match.model',
    expect.any(String),
    '""',
  ],
  [{ onStoreError: 'maybe' }, 'onStoreError', 'one of `local`, `open`, `closed`', '"maybe"'],
  [{ storeCredential: 'env:X' }, 'store', 'there beside `storeCredential`', 'left out'],
])('%j is wrong at %s', (json, key, expected, shown) => {
  const fault = faultOf(json)
  expect(fault.names.join('.')).toBe(key)
  expect(fault.expected).toEqual(expected)
  expect(fault.shown).toBe(shown)
})

test('a wrong name is answered with the nearest right one', () => {
  const fault = faultOf({ rules: { a: { outputTokenz: 1, per: 'day' } } })
  expect(limitError(fault, '/c/config.json:7')).toMatchObject({
    code: 'CONFIG_UNKNOWN_KEY',
    message:
      '/c/config.json:7: there is no key `policies.limits.rules.a.outputTokenz`; did you mean `outputTokens`?',
    remedy: expect.stringMatching(/^what may stand there: `requests`.*`match`$/),
  })
})

test('a wrong value is answered with its place', () => {
  expect(limitError(faultOf({ rules: { a: { usd: -1, per: 'day' } } }), '/c/config.json:7').message).toBe(
    '/c/config.json:7: `policies.limits.rules.a.usd` must be a number of USD above 0, not -1',
  )
})

test('a store is a URL without a password, which is never shown', () => {
  expect(parseLimits({ store: 'rediss://me@redis.corp:6380/2', storeCredential: 'vault:a#b' })).toMatchObject(
    {
      store: 'rediss://me@redis.corp:6380/2',
      storeCredential: 'vault:a#b',
    },
  )
  for (const json of [
    { store: 'redis://me:canary@h' },
    { store: 'redis://:canary@h' },
    { store: 'http://canary' },
    { store: 'redis://h', storeCredential: 'canary' },
  ]) {
    const fault = faultOf(json)
    expect(limitError(fault, 'x').message + fault.message).not.toContain('canary')
  }
})
