import { once } from 'node:events'
import { request as httpsRequest } from 'node:https'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { GatewayError } from '../../../src/base/errors.ts'
import type { UpstreamAgent } from '../../../src/network/agent.ts'
import { createUpstreamAgent } from '../../../src/network/agent.ts'
import type { TlsSettings } from '../../../src/network/secure-context.ts'
import { parseUpstream } from '../../../src/network/url.ts'
import type { FaultUpstream } from '../../support/fault-upstream.ts'
import { startFaultUpstream } from '../../support/fault-upstream.ts'
import { answer } from '../../support/faults.ts'
import type { ThrowawayCa } from '../../support/throwaway-ca.ts'
import { createThrowawayCa, opensslUnavailable } from '../../support/throwaway-ca.ts'
import { tlsFiles } from '../../support/tls-files.ts'

const PASSPHRASE = 'passphrase-of-this-test'
const title = `the passphrase of an encrypted key${opensslUnavailable ? `: ${opensslUnavailable}` : ''}`

describe.skipIf(opensslUnavailable)(title, () => {
  let ca: ThrowawayCa
  beforeAll(() => {
    ca = createThrowawayCa()
  })
  afterAll(() => ca.remove())

  interface Setup {
    readonly server: FaultUpstream
    readonly upstream: UpstreamAgent
    readonly get: () => Promise<number | undefined>
  }

  /** An agent for a server that lets only holders of a certificate in. */
  async function start(passphrase: TlsSettings['passphrase'], keyPath = ca.clientKeyPath): Promise<Setup> {
    const server = await startFaultUpstream(answer(), ca.strictServer)
    onTestFinished(server.close)
    const files = tlsFiles({
      'tls.ca': ca.caPath,
      'tls.cert': ca.clientCertPath,
      'tls.key': ca.encryptKey(keyPath, PASSPHRASE),
      'tls.passphrase': 'env:OF_THIS_TEST',
    })
    const tls = { ...files, ...(passphrase && { passphrase }) }
    const upstream = createUpstreamAgent(parseUpstream(server.url, false, 'test'), { tls })
    onTestFinished(() => upstream.destroy())
    const get = async () => {
      const request = httpsRequest(server.url, { agent: upstream.agent }).end()
      const [response] = await once(request, 'response')
      response.resume()
      await once(response, 'end')
      return response.statusCode
    }
    return { server, upstream, get }
  }

  /** A look-up that is answered by hand. */
  function prompt() {
    const asked: { give: (value: string) => void; fail: (error: Error) => void }[] = []
    const lookUp = () => new Promise<string>((resolve, reject) => asked.push({ give: resolve, fail: reject }))
    return { asked, lookUp }
  }

  test('is not looked up before a connection is made', async () => {
    const { asked, lookUp } = prompt()
    await start(lookUp)
    expect(asked).toHaveLength(0)
  })

  test('may be at hand', async () => {
    const { get } = await start(() => PASSPHRASE)
    expect(await get()).toBe(200)
  })

  test('is waited for by requests, and looked up once for all of them and for a warm-up', async () => {
    const { asked, lookUp } = prompt()
    const { server, upstream, get } = await start(lookUp)
    upstream.warm()
    const answers = Array.from({ length: 20 }, get)
    const ready = upstream.ready()
    asked[0]?.give(PASSPHRASE)
    await ready
    expect(new Set(await Promise.all(answers))).toEqual(new Set([200]))
    expect(server.acceptedConnections()).toBe(20)
    expect(asked).toHaveLength(1)
    expect(upstream.ready()).toBeUndefined()
  })

  test('is looked up again by the next request after a failure, which is told as it is', async () => {
    const { asked, lookUp } = prompt()
    const { upstream, get } = await start(lookUp)
    const failure = new GatewayError('KEYCHAIN_LOCKED', { reason: 'r', remedy: 'unlock it' })
    const [first, ready] = [get(), upstream.ready()]
    asked[0]?.fail(failure)
    await expect(ready).rejects.toBe(failure)
    await expect(first).rejects.toBe(failure)
    const second = get()
    asked[1]?.give(PASSPHRASE)
    expect(await second).toBe(200)
  })

  test('that fails for a warm-up does no harm', async () => {
    const { asked, lookUp } = prompt()
    const { server, upstream, get } = await start(lookUp)
    upstream.warm()
    asked[0]?.fail(new Error('not yet'))
    await nextTurn()
    const answered = get()
    asked[1]?.give(PASSPHRASE)
    expect(await answered).toBe(200)
    expect(server.acceptedConnections()).toBe(1)
  })

  test('that comes when the agent is gone opens no connection', async () => {
    const { asked, lookUp } = prompt()
    const { server, upstream } = await start(lookUp)
    upstream.warm()
    const ready = upstream.ready()
    upstream.destroy()
    asked[0]?.give(PASSPHRASE)
    await ready
    expect(upstream.agent.sockets).toEqual({})
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(server.acceptedConnections()).toBe(0)
  })

  test('that does not open the key is an error without it, and the next look-up is told', async () => {
    const told: (string | undefined)[] = []
    const { get } = await start((refused) => {
      told.push(refused)
      return refused === undefined ? 'wrong-passphrase' : PASSPHRASE
    })
    const failure = await get().catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'UPSTREAM_TLS', canRetry: false })
    const { message, stack } = failure as GatewayError
    expect(message).toContain(`\`tls.passphrase\` does not open \`tls.key\`, ${ca.clientKeyPath}`)
    expect(`${message} ${stack}`).not.toContain('wrong-passphrase')
    expect(await get()).toBe(200)
    expect(told).toEqual([undefined, 'wrong-passphrase'])
  })

  test('that opens the key of another certificate is told apart', async () => {
    const { get } = await start(() => PASSPHRASE, ca.serverKeyPath)
    await expect(get()).rejects.toThrow('`tls.key` does not belong to `tls.cert`')
  })
})
