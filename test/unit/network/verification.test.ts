import { expect, test } from 'vitest'
import { GatewayError } from '../../../src/base/errors.ts'
import { isUnknownAuthority, refuseUnverifiedTls } from '../../../src/network/verification.ts'

const failed = (code: string) => Object.assign(new Error('failed'), { code })

test.each([
  ['SELF_SIGNED_CERT_IN_CHAIN', true],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', true],
  ['CERT_HAS_EXPIRED', false],
  ['CERT_REVOKED', false],
  ['ERR_TLS_CERT_ALTNAME_INVALID', false],
  ['ECONNREFUSED', false],
])('%s can be cured by another authority: %s', (code, expected) => {
  expect(isUnknownAuthority(failed(code))).toBe(expected)
  const ofProxy = new GatewayError('PROXY_TLS', {}, failed(code))
  expect(isUnknownAuthority(ofProxy)).toBe(expected)
})

test.each([
  ['0', true],
  ['1', false],
  ['', false],
  [undefined, false],
])('NODE_TLS_REJECT_UNAUTHORIZED=%s is refused: %s', (value, isRefused) => {
  const check = () => refuseUnverifiedTls({ NODE_TLS_REJECT_UNAUTHORIZED: value })
  if (isRefused) expect(check).toThrow(expect.objectContaining({ code: 'TLS_UNVERIFIED', exitCode: 3 }))
  else expect(check).not.toThrow()
})
