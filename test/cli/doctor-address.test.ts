import { expect, onTestFinished, test } from 'vitest'
import { startConnectProxy } from '../support/connect-proxy.ts'
import { examined } from '../support/examined.ts'
import { freePort } from '../support/free-port.ts'
import { API_KEY, startModelApi } from '../support/model-api.ts'
import { createThrowawayCa, opensslUnavailable } from '../support/throwaway-ca.ts'

const because = opensslUnavailable ? `: ${opensslUnavailable}` : ''

async function startTlsApi(days?: number) {
  const ca = createThrowawayCa(days)
  onTestFinished(ca.remove)
  const { port } = await startModelApi({ identity: ca.server })
  return { upstream: `https://localhost:${port}`, port, caPath: ca.caPath }
}

const asked = (upstream: string, env: Record<string, string> = {}) =>
  examined(upstream, [], { GATEWAY_KEY: API_KEY, ...env })

test('a name that nobody knows is told once', async () => {
  const { found, exitCode } = await asked('https://gateway.invalid/claude')
  expect(found).toMatchObject([{ id: 'dns', verdict: 'fail' }])
  expect(found[0]?.evidence).toContain('gateway.invalid')
  expect(found[0]?.remedy).toContain('VPN')
  expect(exitCode).toBe(1)
})

test('a port that nobody listens on is told once', async () => {
  const { found } = await asked(`http://127.0.0.1:${await freePort()}`)
  expect(found).toMatchObject([{ id: 'reach', verdict: 'fail' }])
  expect(found[0]?.remedy).toContain('start the gateway')
})

test.each([
  ['/v1/models', /ends in what Claude Code adds itself/],
  ['/v1/chat/completions', /is a route for another API/],
])('a URL that ends in %s is told, with the one that is right', async (path, evidence) => {
  const { url } = await startModelApi()
  const { found } = await asked(url + path)
  expect(found.map(({ id }) => id)).toEqual(['url', 'errors'])
  expect(found[0]?.evidence).toMatch(evidence)
  expect(found[0]?.remedy).toBe(`claude-gw config set upstream ${url}`)
})

test('of a URL whose end is folded nothing is said', async () => {
  const { url } = await startModelApi()
  const { checks } = await asked(`${url}/v1/messages`)
  expect(checks.find(({ id }) => id === 'url')).toMatchObject({ verdict: 'ok', evidence: url })
})

test('http over a network is told', async () => {
  const { found } = await asked('http://gateway.invalid', { CLAUDE_GW_ALLOW_HTTP: 'true' })
  expect(found).toMatchObject([
    { id: 'url', verdict: 'warn' },
    { id: 'dns', verdict: 'fail' },
  ])
  expect(found[0]?.evidence).toContain('in the clear')
})

test.skipIf(opensslUnavailable)(`of a certificate that is trusted nothing is said${because}`, async () => {
  const { upstream, caPath } = await startTlsApi(60)
  const { found, checks } = await asked(upstream, { CLAUDE_GW_TLS_CA: caPath })
  expect(found).toEqual([])
  expect(checks.find(({ id }) => id === 'dns')?.evidence).toMatch(/^localhost is (127|::1)/)
  expect(checks.find(({ id }) => id === 'tls')?.evidence).toMatch(
    /^issued by throwaway-authority, until 20\d\d-/,
  )
})

test.skipIf(opensslUnavailable)(`a certificate that ends soon is told${because}`, async () => {
  const { upstream, caPath } = await startTlsApi(13)
  const { found } = await asked(upstream, { CLAUDE_GW_TLS_CA: caPath })
  expect(found).toMatchObject([{ id: 'tls', verdict: 'warn' }])
  expect(found[0]?.remedy).toContain('renewed')
})

test.skipIf(opensslUnavailable)(`an authority that nobody knows is told by its name${because}`, async () => {
  const { upstream } = await startTlsApi()
  const { found, exitCode } = await asked(upstream)
  expect(found).toMatchObject([{ id: 'tls', verdict: 'fail' }])
  expect(found[0]?.evidence).toContain('issued by throwaway-authority')
  expect(found[0]?.remedy).toContain('claude-gw config set tls.ca FILE')
  expect(exitCode).toBe(1)
})

test.skipIf(opensslUnavailable)(`a name that the certificate has not is told${because}`, async () => {
  const { port, caPath } = await startTlsApi()
  const { found } = await asked(`https://[::ffff:127.0.0.1]:${port}`, { CLAUDE_GW_TLS_CA: caPath })
  expect(found).toMatchObject([{ id: 'tls', verdict: 'fail' }])
  expect(found[0]?.remedy).toBe('name the upstream as its certificate does')
})

test.skipIf(opensslUnavailable)(`through a proxy, names are left to it${because}`, async () => {
  const { port, caPath } = await startTlsApi(60)
  const { url } = await startConnectProxy()
  const { found, checks } = await asked(`https://upstream.test:${port}`, {
    CLAUDE_GW_PROXY: url,
    CLAUDE_GW_TLS_CA: caPath,
  })
  expect(found).toEqual([])
  expect(checks.find(({ id }) => id === 'dns')).toMatchObject({ verdict: 'skipped' })
  expect(checks.find(({ id }) => id === 'tls')?.evidence).toContain('issued by throwaway-authority')
})

test('a proxy that refuses is told once', async () => {
  const { url } = await startConnectProxy({ signIn: 'user:secret' })
  const { found } = await asked('https://upstream.test', { CLAUDE_GW_PROXY: url })
  expect(found).toMatchObject([{ id: 'reach', verdict: 'fail' }])
  expect(found[0]?.evidence).toContain(url)
})

test('a port without TLS is told', async () => {
  const { port } = await startModelApi()
  const { found } = await asked(`https://127.0.0.1:${port}`)
  expect(found).toMatchObject([{ id: 'tls', verdict: 'fail' }])
  expect(found[0]?.remedy).toContain('nothing there speaks TLS')
})
