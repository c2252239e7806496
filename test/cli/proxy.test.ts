import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TLSSocket } from 'node:tls'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runCli, startCli } from '../support/cli.ts'
import type { ConnectProxy } from '../support/connect-proxy.ts'
import { startConnectProxy } from '../support/connect-proxy.ts'
import type { FaultUpstream } from '../support/fault-upstream.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer } from '../support/faults.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import type { ThrowawayCa } from '../support/throwaway-ca.ts'
import { createThrowawayCa, opensslUnavailable } from '../support/throwaway-ca.ts'

const title = `a company's network${opensslUnavailable ? `: ${opensslUnavailable}` : ''}`

interface Company {
  readonly ca: ThrowawayCa
  readonly upstream: FaultUpstream
  readonly proxy: ConnectProxy
  /** With the password. */
  readonly proxyUrl: string
}

/** A gateway that takes only clients with a certificate, behind a proxy that takes only those with a password. */
async function startCompany(): Promise<Company> {
  const ca = createThrowawayCa()
  onTestFinished(ca.remove)
  const whoIsThere = (call: Parameters<ReturnType<typeof answer>>[0]) =>
    answer({ body: String((call.socket as TLSSocket).getPeerCertificate().subject.CN) })(call)
  const upstream = await startFaultUpstream(whoIsThere, ca.strictServer)
  onTestFinished(upstream.close)
  const proxy = await startConnectProxy({ signIn: 'user:hunter2' })
  return { ca, upstream, proxy, proxyUrl: proxy.url.replace('//', '//user:hunter2@') }
}

interface Reply {
  readonly status: number
  readonly text: string
}

/** Asks through `claude-gw serve` once. */
async function askThrough(env: Readonly<Record<string, string>>): Promise<Reply> {
  const child = startCli(['serve', '--json', '--port', '0'], { env: { ...ownEnvironment(), ...env } })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')
  const { url, token } = JSON.parse(line)
  const reply = await fetch(`${url}/v1/models`, { headers: { 'x-api-key': token } })
  return { status: reply.status, text: await reply.text() }
}

function ownEnvironment() {
  return {
    CLAUDE_GW_STATE_DIR: temporaryDirectory(),
    CLAUDE_GW_CREDENTIAL: 'env:UPSTREAM_KEY',
    UPSTREAM_KEY: 'upstream-key',
  }
}

describe.skipIf(opensslUnavailable)(title, () => {
  test('is reached with the variables of Claude Code', async () => {
    const { ca, upstream, proxy, proxyUrl } = await startCompany()
    const reply = await askThrough({
      CLAUDE_GW_UPSTREAM: `https://upstream.test:${upstream.port}`,
      HTTPS_PROXY: proxyUrl,
      SSL_CERT_FILE: ca.caPath,
      CLAUDE_CODE_CLIENT_CERT: ca.clientCertPath,
      CLAUDE_CODE_CLIENT_KEY: ca.encryptKey(ca.clientKeyPath, 'secret'),
      CLAUDE_CODE_CLIENT_KEY_PASSPHRASE: 'secret',
    })
    expect(reply).toEqual({ status: 200, text: 'client' })
    expect(proxy.connects).toHaveLength(2)
  })

  test('is reached with the keys of the configuration', async () => {
    const { ca, upstream, proxy, proxyUrl } = await startCompany()
    const reply = await askThrough({
      CLAUDE_GW_UPSTREAM: `https://upstream.test:${upstream.port}`,
      CLAUDE_GW_PROXY: proxyUrl,
      CLAUDE_GW_TLS_CA: ca.caPath,
      CLAUDE_GW_TLS_CERT: ca.clientCertPath,
      CLAUDE_GW_TLS_KEY: ca.clientKeyPath,
      HTTPS_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: '*',
      CLAUDE_CODE_CLIENT_CERT: '/no/such/file',
    })
    expect(reply).toEqual({ status: 200, text: 'client' })
    expect(proxy.connects).toHaveLength(1)
  })

  test('is reached with what the user’s settings of Claude Code say', async () => {
    const { ca, upstream, proxy, proxyUrl } = await startCompany()
    const env = {
      HTTPS_PROXY: proxyUrl,
      NODE_EXTRA_CA_CERTS: ca.caPath,
      CLAUDE_CODE_CLIENT_CERT: ca.clientCertPath,
      CLAUDE_CODE_CLIENT_KEY: ca.clientKeyPath,
    }
    const reply = await askThrough({
      HOME: homeWith({ env }),
      CLAUDE_GW_UPSTREAM: `https://upstream.test:${upstream.port}`,
      HTTPS_PROXY: 'http://127.0.0.1:9',
    })
    expect(reply).toEqual({ status: 200, text: 'client' })
    expect(proxy.connects).toHaveLength(1)
  })

  test('is not asked for an upstream on this machine', async () => {
    const { ca, upstream, proxy, proxyUrl } = await startCompany()
    const reply = await askThrough({
      CLAUDE_GW_UPSTREAM: upstream.url,
      HTTPS_PROXY: proxyUrl,
      CLAUDE_GW_TLS_CA: ca.caPath,
      CLAUDE_GW_TLS_CERT: ca.clientCertPath,
      CLAUDE_GW_TLS_KEY: ca.clientKeyPath,
    })
    expect(reply.status).toBe(200)
    expect(proxy.connects).toEqual([])
  })

  test.each([
    ['that NO_PROXY excepts', { NO_PROXY: '.test' }],
    ['with CLAUDE_GW_PROXY=off', { CLAUDE_GW_PROXY: 'off' }],
  ])('is not asked for an upstream %s', async (_name, env) => {
    const { upstream, proxy, proxyUrl } = await startCompany()
    const reply = await askThrough({
      CLAUDE_GW_UPSTREAM: `https://upstream.test:${upstream.port}`,
      HTTPS_PROXY: proxyUrl,
      ...env,
    })
    expect(reply.status).toBe(502)
    expect(reply.text).toContain('cannot reach https://upstream.test')
    expect(proxy.connects).toEqual([])
  })

  test('says where the proxy stands that does not let us in, without the password', async () => {
    const { upstream, proxy, proxyUrl } = await startCompany()
    const HTTPS_PROXY = proxyUrl.replace('hunter2', 'wrong-canary')
    const reply = await askThrough({
      HOME: homeWith({ env: { HTTPS_PROXY } }),
      CLAUDE_GW_UPSTREAM: `https://upstream.test:${upstream.port}`,
    })
    expect(reply.text).toContain(
      `the proxy ${proxy.url} (user settings of Claude Code, env.HTTPS_PROXY) does not accept`,
    )
    expect(reply.text).not.toContain('canary')
  })
})

test('a proxy that is none ends it before it serves, and its password is not shown', async () => {
  const env = { ...ownEnvironment(), HTTPS_PROXY: 'socks5://user:hunter2@socks.example:1080' }
  const result = await runCli(['serve', '--json'], { env })
  expect(result).toMatchObject({ exitCode: 3, stdout: '' })
  expect(result.stderr).toContain('HTTPS_PROXY: `proxy` must be')
  expect(result.stderr).toContain('SOCKS is not supported')
  expect(result.stderr).not.toContain('hunter2')
})

/** A home directory in which Claude Code has these settings. */
function homeWith(settings: object): string {
  const home = temporaryDirectory()
  mkdirSync(join(home, '.claude'))
  writeFileSync(join(home, '.claude', 'settings.json'), JSON.stringify(settings))
  return home
}
