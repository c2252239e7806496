import { readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GatewayError } from '../../../src/base/errors.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import type { ThrowawayCa } from '../../support/throwaway-ca.ts'
import { createThrowawayCa, opensslUnavailable } from '../../support/throwaway-ca.ts'
import type { TlsValues } from '../../support/tls-files.ts'
import { ORIGINS, tlsFiles } from '../../support/tls-files.ts'

function refusalOf(values: Partial<TlsValues>): string {
  try {
    tlsFiles(values)
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError)
    expect(error).toMatchObject({ code: 'CONFIG_BAD_VALUE', exitCode: 3 })
    return (error as GatewayError).message
  }
  throw new Error('it was accepted')
}

function written(text: string): string {
  const path = join(temporaryDirectory(), 'written.pem')
  writeFileSync(path, text)
  return path
}

const BROKEN = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'

test('without a key of the configuration, trust is left to Node', () => {
  expect(tlsFiles({}, { env: { NODE_EXTRA_CA_CERTS: '/no/such/file' } })).toEqual({})
})

describe.skipIf(opensslUnavailable)(
  `files of tls.*${opensslUnavailable ? `: ${opensslUnavailable}` : ''}`,
  () => {
    let ca: ThrowawayCa
    let other: ThrowawayCa
    beforeAll(() => {
      ca = createThrowawayCa()
      other = createThrowawayCa()
    })
    afterAll(() => {
      ca.remove()
      other.remove()
    })

    test('an authority is trusted beside those of Node', () => {
      expect(tlsFiles({ 'tls.ca': ca.caPath }).ca).toEqual([...rootCertificates, ca.ca.trim()])
    })

    test('all authorities of a file are taken, whatever stands between them', () => {
      const path = written(`\uFEFF# ours\r\n${ca.ca}\n# theirs\n${other.ca}`)
      expect(tlsFiles({ 'tls.ca': path }).ca?.at(-1)).toBe(`${ca.ca.trim()}\n${other.ca.trim()}`)
    })

    test('what NODE_EXTRA_CA_CERTS names stays trusted', () => {
      const files = tlsFiles({ 'tls.ca': ca.caPath }, { env: { NODE_EXTRA_CA_CERTS: other.caPath } })
      expect(files.ca).toEqual([...rootCertificates, other.ca, ca.ca.trim()])
    })

    test('a file of NODE_EXTRA_CA_CERTS that cannot be read is passed over, as Node does', () => {
      const env = { NODE_EXTRA_CA_CERTS: '/no/such/file' }
      expect(tlsFiles({ 'tls.ca': ca.caPath }, { env }).ca).toHaveLength(rootCertificates.length + 1)
    })

    test('what NODE_EXTRA_CA_CERTS names is trusted also where only settings of Claude Code say so', () => {
      const files = tlsFiles({}, { env: { NODE_EXTRA_CA_CERTS: other.caPath } })
      expect(files.ca).toEqual([...rootCertificates, other.ca])
    })

    test('a path may begin at the home directory', () => {
      const path = `~/${basename(ca.caPath)}`
      expect(tlsFiles({ 'tls.ca': path }, { home: dirname(ca.caPath) }).ca).toContain(ca.ca.trim())
    })

    test('a certificate and its key go together', () => {
      const { client } = tlsFiles({ 'tls.cert': ca.clientCertPath, 'tls.key': ca.clientKeyPath })
      expect(client).toEqual({
        cert: ca.client.cert.trim(),
        key: ca.client.key,
        keyPath: ca.clientKeyPath,
        isKeyEncrypted: false,
      })
    })

    test.each(['pkcs8', 'traditional'] as const)('an encrypted key (%s) stays as it is', (format) => {
      const keyPath = ca.encryptKey(ca.clientKeyPath, 'secret', format)
      const { client } = tlsFiles({
        'tls.cert': ca.clientCertPath,
        'tls.key': keyPath,
        'tls.passphrase': 'env:NOT_LOOKED_UP',
      })
      expect(client).toMatchObject({ key: readFileSync(keyPath, 'utf8'), isKeyEncrypted: true })
    })

    describe('Claude Code’s own certificate', () => {
      const variables = (keyPath = ca.clientKeyPath) => ({
        CLAUDE_CODE_CLIENT_CERT: ca.clientCertPath,
        CLAUDE_CODE_CLIENT_KEY: keyPath,
      })

      test('is taken where the keys name none', () => {
        const { client, passphrase } = tlsFiles({}, { env: variables() })
        expect(client).toMatchObject({ cert: ca.client.cert.trim(), keyPath: ca.clientKeyPath })
        expect(passphrase).toBeUndefined()
      })

      test('is not looked at where they name one', () => {
        const own = { 'tls.cert': ca.clientCertPath, 'tls.key': ca.clientKeyPath }
        const env = { CLAUDE_CODE_CLIENT_CERT: '/no/such/file', CLAUDE_CODE_CLIENT_KEY_PASSPHRASE: 'p' }
        const files = tlsFiles(own, { env })
        expect(files.client?.keyPath).toBe(ca.clientKeyPath)
        expect(files.passphrase).toBeUndefined()
      })

      test('has its passphrase in a variable', () => {
        const env = variables(ca.encryptKey(ca.clientKeyPath, 'secret'))
        const files = tlsFiles({}, { env: { ...env, CLAUDE_CODE_CLIENT_KEY_PASSPHRASE: 'secret' } })
        expect(files.client?.isKeyEncrypted).toBe(true)
        expect(files.passphrase?.()).toBe('secret')
      })

      test('is refused by the name of its variable', () => {
        expect(() => tlsFiles({}, { env: { CLAUDE_CODE_CLIENT_CERT: '/no/such/file' } })).toThrow(
          'CLAUDE_CODE_CLIENT_CERT: `tls.key` must be a file too',
        )
        const env = { ...variables(), CLAUDE_CODE_CLIENT_KEY: '/no/such/file' }
        expect(() => tlsFiles({}, { env })).toThrow('CLAUDE_CODE_CLIENT_KEY: `tls.key` must be')
      })
    })

    const refused: readonly (readonly [keyof typeof ORIGINS, string, () => string, string])[] = [
      ['tls.ca', 'that is not there', () => '/no/such/ca.pem', 'ENOENT'],
      ['tls.ca', 'that is a folder', () => '/', 'EISDIR'],
      ['tls.ca', 'without a certificate', () => ca.clientKeyPath, 'no certificate in it'],
      ['tls.ca', 'with a broken certificate', () => written(`${ca.ca}${BROKEN}`), 'ASN1'],
      ['tls.cert', 'that is not there', () => '/no/such/client.pem', 'ENOENT'],
      ['tls.cert', 'without a certificate', () => ca.clientKeyPath, 'no certificate in it'],
      ['tls.key', 'that is not there', () => '/no/such/client.key', 'ENOENT'],
      ['tls.key', 'without a key', () => ca.clientCertPath, 'unsupported'],
      ['tls.key', 'with the key of another certificate', () => ca.serverKeyPath, 'key values mismatch'],
      ['tls.key', 'that is encrypted', () => ca.encryptKey(ca.clientKeyPath, 'secret'), '`tls.passphrase`'],
    ]

    test.each(refused)('%s refuses a file %s', (key, _name, pathOf, reason) => {
      const path = pathOf()
      const client = key !== 'tls.ca' && { 'tls.cert': ca.clientCertPath, 'tls.key': ca.clientKeyPath }
      const message = refusalOf({ ...client, [key]: path })
      expect(message).toContain(`${ORIGINS[key]}: \`${key}\` must be`)
      expect(message).toContain(path)
      expect(message).toContain(reason)
    })

    test.each([
      ['tls.cert', 'tls.key', () => ca.clientCertPath],
      ['tls.key', 'tls.cert', () => ca.clientKeyPath],
    ] as const)('%s without %s is refused', (given, missing, pathOf) => {
      const message = refusalOf({ [given]: pathOf() })
      expect(message).toContain(`${ORIGINS[given]}: \`${missing}\` must be`)
      expect(message).toContain(`${pathOf()} of \`${given}\``)
    })
  },
)
