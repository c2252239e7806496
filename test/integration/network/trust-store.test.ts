import { copyFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemAuthorities } from '../../../src/network/trust-store.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import type { ThrowawayCa } from '../../support/throwaway-ca.ts'
import { createThrowawayCa, opensslUnavailable } from '../../support/throwaway-ca.ts'

const platform = 'linux'
const hasBundle = existsSync('/etc/ssl/certs/ca-certificates.crt')
const hasNodesOwn = 'getCACertificates' in tls
const title = `the authorities of a machine${opensslUnavailable ? `: ${opensslUnavailable}` : ''}`

describe.skipIf(opensslUnavailable)(title, () => {
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

  test('are those of SSL_CERT_FILE, alone', async () => {
    const env = { SSL_CERT_FILE: ca.caPath }
    expect(await systemAuthorities({ env, platform })).toEqual([ca.ca.trim()])
  })

  test('are those of the folders of SSL_CERT_DIR too', async () => {
    const [first, second] = [temporaryDirectory(), temporaryDirectory()]
    copyFileSync(other.caPath, join(first, '5f2c.0'))
    writeFileSync(join(second, 'README'), 'no certificate')
    const env = { SSL_CERT_FILE: ca.caPath, SSL_CERT_DIR: `${first}:/no/such/folder:${second}` }
    expect(await systemAuthorities({ env, platform })).toEqual([ca.ca.trim(), other.ca.trim()])
  })

  test('are none where they cannot be read', async () => {
    expect(await systemAuthorities({ env: { SSL_CERT_FILE: '/no/such/file' }, platform })).toEqual([])
  })

  test.each([
    ['bundled', 0],
    ['bundled,system', 1],
    ['system', 1],
    ['', 1],
  ])('with CLAUDE_CODE_CERT_STORE=%s: %i', async (store, count) => {
    const env = { SSL_CERT_FILE: ca.caPath, CLAUDE_CODE_CERT_STORE: store }
    expect(await systemAuthorities({ env, platform })).toHaveLength(count)
  })

  describe.skipIf(hasNodesOwn)('where Node cannot tell', () => {
    test.each([
      ['darwin', '/usr/bin/security', /^find-certificate -a -p .*SystemRoot.*\/System\.keychain$/],
      ['win32', 'D:\\W\\System32\\WindowsPowerShell\\v1.0\\powershell.exe', /-NoProfile.*LocalMachine\\Root/],
    ] as const)('are what a program of %s prints', async (platform, program, args) => {
      const asked: string[][] = []
      const found = await systemAuthorities({ env: { SystemRoot: 'D:\\W' }, platform }, async (...run) => {
        asked.push([run[0], run[1].join(' ')])
        return `${ca.ca}\r\n${other.ca}`
      })
      expect(found).toEqual([ca.ca.trim(), other.ca.trim()])
      expect(asked).toEqual([[program, expect.stringMatching(args)]])
    })

    test('are none where that program is missing', async () => {
      expect(await systemAuthorities({ env: { SystemRoot: '/no/such' }, platform: 'win32' })).toEqual([])
    })
  })
})

test.skipIf(!hasBundle)('the authorities of a machine are those of its distribution', async () => {
  expect((await systemAuthorities({ env: {}, platform })).length).toBeGreaterThan(10)
})
