import { describe, expect, test } from 'vitest'
import { expiryMs } from '../../../src/credentials/token-expiry.ts'
import { jwt } from '../../support/jwt.ts'

describe('a JSON Web Token', () => {
  test.each([
    [1_800_000_000, 1_800_000_000_000],
    [1_800_000_000.5, 1_800_000_000_500],
    [0, 0],
    [-1, -1000],
  ])('expires at %d s', (exp, ms) => {
    expect(expiryMs(jwt({ iss: 'https://login.example', exp }))).toBe(ms)
  })

  test('that is not signed expires too', () => {
    expect(expiryMs(jwt({ exp: 1 }).replace(/[^.]*$/, ''))).toBe(1000)
  })

  test('with letters beyond ASCII is read', () => {
    expect(expiryMs(jwt({ name: 'Jürgen 🙂 ÿÿÿ', exp: 1 }))).toBe(1000)
  })

  test.each([[undefined], [null], ['1800000000'], [{}], [1e300], [-1e300]])(
    'with %j as its end has none',
    (exp) => {
      expect(expiryMs(jwt({ exp }))).toBeUndefined()
    },
  )

  test('whose number is beyond all bounds has no end', () => {
    expect(expiryMs(token('{"exp":1e999}'))).toBeUndefined()
  })
})

describe('no JSON Web Token', () => {
  test.each([
    ['nothing', ''],
    ['an API key', 'sk-ant-api03-abc.def.ghi'],
    ['two parts', jwt({ exp: 1 }).split('.').slice(0, 2).join('.')],
    ['an encrypted one, of five parts', `${jwt({ exp: 1 })}.a.b`],
    ['one without claims', 'eyJhbGciOiJub25lIn0..'],
    ['claims that are no JSON', token('exp')],
    ['claims that are a list', token('[1]')],
    ['claims that are null', token('null')],
    ['parts that are no base64url', 'eyJh+.eyJh/.c'],
    ['a line behind it', `${jwt({ exp: 1 })}\n`],
    ['very many dots', `eyJ${'.'.repeat(16_000)}`],
  ])('%s', (_case, text) => {
    expect(expiryMs(text)).toBeUndefined()
  })
})

function token(payload: string): string {
  return `eyJhbGciOiJub25lIn0.${Buffer.from(payload).toString('base64url')}.c2ln`
}
