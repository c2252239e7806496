import { describe, expect, onTestFinished, test } from 'vitest'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer } from '../support/faults.ts'
import { startServe } from '../support/serve.ts'
import { createThrowawayCa, opensslUnavailable } from '../support/throwaway-ca.ts'

const title = `serve and tls.passphrase${opensslUnavailable ? `: ${opensslUnavailable}` : ''}`

describe.skipIf(opensslUnavailable)(title, () => {
  test('a look-up that fails ends no gateway: each request is told why', async () => {
    const serve = await startWithPassphrase('command:sleep 0.1; exit 3')
    const replies = await Promise.all([ask(serve), ask(serve)])
    for (const reply of [...replies, await ask(serve)]) {
      expect(reply.status).toBe(401)
      const text = await reply.text()
      expect(text).toContain('command:sleep cannot be used: it exited with 3')
      expect(text).toContain('`tls.passphrase` (CLAUDE_GW_TLS_PASSPHRASE)')
    }
    expect(serve.child.exitCode).toBeNull()
  })

  test('one that brings it opens the key', async () => {
    const serve = await startWithPassphrase('command:echo opens-the-key')
    expect((await ask(serve)).status).toBe(200)
  })
})

/** A `serve` before an upstream that lets only holders of a certificate in. */
async function startWithPassphrase(reference: string) {
  const ca = createThrowawayCa()
  onTestFinished(ca.remove)
  const upstream = await startFaultUpstream(answer(), ca.strictServer)
  onTestFinished(upstream.close)
  return startServe({
    env: {
      CLAUDE_GW_UPSTREAM: upstream.url,
      CLAUDE_GW_TLS_CA: ca.caPath,
      CLAUDE_GW_TLS_CERT: ca.clientCertPath,
      CLAUDE_GW_TLS_KEY: ca.encryptKey(ca.clientKeyPath, 'opens-the-key'),
      CLAUDE_GW_TLS_PASSPHRASE: reference,
    },
  })
}

function ask({ ready }: Awaited<ReturnType<typeof startServe>>): Promise<Response> {
  return fetch(`${ready.url}/v1/models`, { headers: { 'x-api-key': ready.token ?? '' } })
}
