import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { GatewayError } from '../../../src/base/errors.ts'
import type { BodyReference } from '../../../src/exchange/exchange.ts'
import type { GatewayOptions } from '../../../src/gateway/gateway-options.ts'
import { readBody } from '../../../src/log/body-reader.ts'
import type { TlsSettings } from '../../../src/network/secure-context.ts'
import { proxyAt, startConnectProxy } from '../../support/connect-proxy.ts'
import type { Fault } from '../../support/fault-upstream.ts'
import { answer } from '../../support/faults.ts'
import type { TestGateway } from '../../support/gateway.ts'
import { startGatewayTo, startTestGateway } from '../../support/gateway.ts'
import { ask, valuesOf, wireRequest } from '../../support/gateway-client.ts'
import { openRaw } from '../../support/raw-client.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import type { ThrowawayCa } from '../../support/throwaway-ca.ts'
import { createThrowawayCa, opensslUnavailable } from '../../support/throwaway-ca.ts'
import { tlsFiles } from '../../support/tls-files.ts'

const PASSPHRASE = 'passphrase-of-this-test'
const WARM_UP = { method: 'HEAD', path: '/', access: [] } as const
const title = `an upstream that asks for a certificate${opensslUnavailable ? `: ${opensslUnavailable}` : ''}`

/** Answers with the name in the certificate that it was shown. */
const whoIsThere: Fault = (call) => {
  const { subject } = (call.socket as TLSSocket).getPeerCertificate()
  return answer({ body: String(subject.CN) })(call)
}

describe.skipIf(opensslUnavailable)(title, () => {
  let ca: ThrowawayCa
  beforeAll(() => {
    ca = createThrowawayCa()
  })
  afterAll(() => ca.remove())

  async function start(tls: TlsSettings, options: Partial<GatewayOptions> = {}): Promise<TestGateway> {
    const { upstream } = await startTestGateway(whoIsThere, { tls: ca.strictServer })
    return startGatewayTo(upstream, upstream.url, { tls, ...options })
  }

  /** With an encrypted key. */
  function startLocked(passphrase: () => string | Promise<string>, options?: Partial<GatewayOptions>) {
    const files = tlsFiles({
      'tls.ca': ca.caPath,
      'tls.cert': ca.clientCertPath,
      'tls.key': ca.encryptKey(ca.clientKeyPath, PASSPHRASE),
      'tls.passphrase': 'env:OF_THIS_TEST',
    })
    return start({ ...files, passphrase }, options)
  }

  test('is not reached without one', async () => {
    const gateway = await start(tlsFiles({ 'tls.ca': ca.caPath }))
    const reply = await ask(gateway)
    expect(reply.status).toBe(502)
    expect(gateway.upstream.requests).toHaveLength(0)
    const { error } = JSON.parse(reply.body.toString())
    expect(error.message).toMatch(/certificate required.*`tls\.cert` and `tls\.key`/)
    expect(error.message).not.toMatch(/\n|\.c:\d|error:|CLAUDE_GW_TLS_CA/)
  })

  test('is shown that of tls.cert', async () => {
    const files = { 'tls.ca': ca.caPath, 'tls.cert': ca.clientCertPath, 'tls.key': ca.clientKeyPath }
    const gateway = await start(tlsFiles(files))
    expect((await ask(gateway)).body.toString()).toBe('client')
  })

  test('is shown it with a key that the passphrase opens', async () => {
    const gateway = await startLocked(() => PASSPHRASE)
    expect((await ask(gateway)).body.toString()).toBe('client')
  })

  test('gets its passphrase, and the password of a proxy, repeated in no body that is kept', async () => {
    const directory = join(temporaryDirectory(), 'bodies')
    const proxy = await startConnectProxy({ signIn: 'me:password-of-the-proxy' })
    const known: string[][] = []
    const gateway = await startLocked(async () => PASSPHRASE, {
      proxy: proxyAt(proxy.url.replace('//', '//me:password-of-the-proxy@')),
      bodies: { level: 'full', directory },
      onRecord: (record, { secrets }) => {
        known.push([...secrets])
        reference = record.request_body
        return true
      },
    })
    let reference: BodyReference | null | undefined
    const forms = [
      PASSPHRASE,
      'password-of-the-proxy',
      Buffer.from('me:password-of-the-proxy').toString('base64'),
    ]
    expect((await ask(gateway, { body: JSON.stringify(forms) })).status).toBe(200)
    await gateway.close()
    const found = await readBody(directory, reference as BodyReference)
    expect('bytes' in found && JSON.parse(found.bytes.toString())).toEqual(Array(3).fill('[redacted]'))
    expect(known).toEqual([expect.arrayContaining([PASSPHRASE, 'password-of-the-proxy'])])
  })

  test('is not reached with a wrong passphrase, and the answer names the key and the file', async () => {
    const gateway = await startLocked(() => 'wrong-passphrase')
    const reply = await ask(gateway)
    expect(reply.status).toBe(502)
    expect(valuesOf(reply.headers, 'x-should-retry')).toEqual(['false'])
    expect(reply.body.toString()).toContain('`tls.passphrase` does not open `tls.key`')
    expect(reply.body.toString()).toContain(ca.clientKeyPath)
    expect(reply.body.toString()).toContain('orrect what `tls.passphrase`')
    expect(reply.body.toString()).not.toContain('CLAUDE_GW_TLS_CA')
    expect(reply.body.toString() + JSON.stringify(await gateway.record(0))).not.toContain('wrong-passphrase')
    expect(gateway.upstream.requests).toHaveLength(0)
  })

  test('is not reached while the passphrase is missing: a final 401 with the remedy, until it is there', async () => {
    const failure = new GatewayError('KEYCHAIN_LOCKED', { reason: 'for now', remedy: 'unlock it' })
    let isLocked = true
    const gateway = await startLocked(async () => {
      if (isLocked) throw failure
      return PASSPHRASE
    })
    const reply = await ask(gateway)
    expect(reply.status).toBe(401)
    expect(valuesOf(reply.headers, 'x-should-retry')).toEqual(['false'])
    expect(reply.body.toString()).toMatch(/unlock it/i)
    isLocked = false
    expect((await ask(gateway)).status).toBe(200)
  })

  test('costs one look-up of the passphrase for 50 requests at once', async () => {
    let lookUps = 0
    const gateway = await startLocked(async () => {
      lookUps += 1
      await delay(50)
      return PASSPHRASE
    })
    const replies = await Promise.all(Array.from({ length: 50 }, () => ask(gateway)))
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
    expect(gateway.upstream.acceptedConnections()).toBeGreaterThan(1)
    expect(lookUps).toBe(1)
  })

  test('is connected to by the warm-up, look-up included', async () => {
    let lookUps = 0
    const gateway = await startLocked(async () => {
      lookUps += 1
      return PASSPHRASE
    })
    expect(lookUps).toBe(0)
    await ask(gateway, WARM_UP)
    await expect.poll(() => gateway.upstream.openConnections()).toBe(1)
    expect((await ask(gateway)).status).toBe(200)
    expect(gateway.upstream.acceptedConnections()).toBe(1)
    expect(lookUps).toBe(1)
  })

  test('has its whole time to accept a connection after a long look-up', async () => {
    const timeouts = { connectMs: 200, firstByteMs: 5000, idleMs: 5000 }
    const gateway = await startLocked(() => delay(400, PASSPHRASE), { timeouts })
    await ask(gateway, WARM_UP)
    expect((await ask(gateway)).status).toBe(200)
  })

  test('hears nothing of a client that left during the look-up', async () => {
    let give: (passphrase: string) => void = () => {}
    const lookUp = () => new Promise<string>((resolve) => (give = resolve))
    const gateway = await startLocked(lookUp)
    const connection = await openRaw(gateway.port)
    onTestFinished(() => connection.destroy())
    await connection.send(wireRequest(gateway))
    await delay(50)
    connection.reset()
    expect((await gateway.record(0)).outcome).toBe('client_aborted')
    give(PASSPHRASE)
    await delay(50)
    expect(gateway.upstream.acceptedConnections()).toBe(0)
  })
})
