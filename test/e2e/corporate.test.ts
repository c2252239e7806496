import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Home } from '../support/claude-run.ts'
import {
  logText,
  recordsOf,
  runIn,
  UPSTREAM_SECRET,
  upstreamEnv,
  writeSettings,
} from '../support/claude-run.ts'
import type { CliResult } from '../support/cli.ts'
import { userFile, writeFile } from '../support/configured.ts'
import type { ConnectProxy } from '../support/connect-proxy.ts'
import { startConnectProxy } from '../support/connect-proxy.ts'
import type { ThrowawayCa } from '../support/throwaway-ca.ts'
import { createThrowawayCa, opensslUnavailable } from '../support/throwaway-ca.ts'
import type { MessagesUpstream } from './real-claude.ts'
import { openClaudeHome, runDirect, startTlsUpstream } from './real-claude.ts'

const PASSPHRASE = 'passphrase-canary-71c2'
const PROXY_PASSWORD = 'proxy-canary-40ab'
/** The same session twice, so that both runs say the same. */
const ARGS = [
  '-p',
  'hello',
  '--session-id',
  '3f2a9c1e-5b7d-4c2a-9e11-0a1b2c3d4e5f',
  '--no-session-persistence',
]

let ca: ThrowawayCa
let encryptedKeyPath: string
beforeAll(() => {
  if (opensslUnavailable) return
  ca = createThrowawayCa()
  encryptedKeyPath = ca.encryptKey(ca.clientKeyPath, PASSPHRASE)
})
afterAll(() => ca?.remove())

/** A network from which only its proxy leads out, to an upstream that asks for a certificate. */
interface CompanyNetwork {
  readonly home: Home
  readonly upstream: MessagesUpstream
  readonly proxy: ConnectProxy
  /** A name that only the proxy knows. */
  readonly upstreamUrl: string
  /** With user name and password. */
  readonly proxyUrl: string
}

type Configure = (network: CompanyNetwork) => Readonly<Record<string, string>>

const WAYS: readonly (readonly [way: string, configure: Configure])[] = [
  ['variables of ours', byVariables],
  ['a profile of the user file', byUserFile],
  ['variables of Claude Code', byClaudeVariables],
  ['user settings of Claude Code', bySettings],
]

describe.skipIf(opensslUnavailable)(
  `behind a proxy that asks for a password, to an upstream with a private authority that asks for a certificate${opensslUnavailable ? `: ${opensslUnavailable}` : ''}`,
  () => {
    test.each(WAYS)('configured by %s, all goes there and nothing another way', async (_way, configure) => {
      const network = await openNetwork()
      expect(await runConfigured(network, configure)).toEqual({
        exitCode: 0,
        signal: null,
        stdout: 'Hello from upstream\n',
        stderr: '',
      })
      expect(network.upstream.messages()).toHaveLength(1)
      expectOnlyThroughProxy(network)
    })

    test.each(WAYS)(
      'configured by %s, the upstream sees the key, and what Claude Code alone would send',
      async (_way, configure) => {
        const network = await openNetwork()
        await runAlone(network)
        await runConfigured(network, configure)
        const [alone, behind, ...more] = network.upstream.messages()
        expect(more).toEqual([])
        expect(behind?.sha256).toBe(alone?.sha256)
        expect(behind?.values('authorization')).toEqual([`Bearer ${UPSTREAM_SECRET}`])
        expect(behind?.values('x-api-key')).toEqual([])
        expect(behind?.headers.join()).not.toContain('cgw-')
      },
    )

    test.each(WAYS)(
      'configured by %s, the record names the upstream, and no secret',
      async (_way, configure) => {
        const network = await openNetwork()
        await runConfigured(network, configure)
        expect(recordsOf(network.home)).toMatchObject([
          { upstream: network.upstreamUrl, status: 200, outcome: 'ok' },
        ])
        for (const secret of [UPSTREAM_SECRET, PASSPHRASE, PROXY_PASSWORD])
          expect(logText(network.home)).not.toContain(secret)
      },
    )

    test('the key and the passphrase that a profile takes from variables are not there for what Claude Code starts', async () => {
      const network = await openNetwork()
      const hook = { type: 'command', command: 'env > "$HOME/seen"; ps -eo args >> "$HOME/seen"' }
      writeSettings(network.home, 'user', { hooks: { UserPromptSubmit: [{ hooks: [hook] }] } })
      await runConfigured(network, byUserFile)
      const seen = readFileSync(join(network.home.directory, 'seen'), 'utf8')
      expect(seen).toContain('CLAUDE_GW_RUN_ID')
      for (const secret of [UPSTREAM_SECRET, PASSPHRASE, PROXY_PASSWORD]) expect(seen).not.toContain(secret)
    })

    test('without the certificate Claude Code is told what is wrong, and no request arrives', async () => {
      const network = await openNetwork()
      const { CLAUDE_GW_TLS_CERT: _cert, CLAUDE_GW_TLS_KEY: _key, ...env } = byVariables(network)
      const result = await runIn(network.home, ARGS, { env })
      expect(result.exitCode).toBe(1)
      expect(`${result.stdout}${result.stderr}`).toContain('certificate')
      expect(network.upstream.requests).toEqual([])
    })

    test('without the password of the proxy Claude Code is told so, and nothing went past it', async () => {
      const network = await openNetwork()
      const env = { ...byVariables(network), CLAUDE_GW_PROXY: network.proxy.url }
      const result = await runIn(network.home, ARGS, { env })
      expect(result.exitCode).toBe(1)
      expect(`${result.stdout}${result.stderr}`).toContain('asks for a user name and a password')
      expect(network.upstream.acceptedConnections()).toBe(0)
    })
  },
)

async function openNetwork(): Promise<CompanyNetwork> {
  const upstream = await startTlsUpstream(ca.strictServer)
  const proxy = await startConnectProxy({ signIn: `me:${PROXY_PASSWORD}` })
  return {
    home: openClaudeHome(),
    upstream,
    proxy,
    upstreamUrl: `https://upstream.test:${upstream.port}`,
    proxyUrl: proxy.url.replace('//', `//me:${PROXY_PASSWORD}@`),
  }
}

function byVariables({ upstreamUrl, proxyUrl }: CompanyNetwork) {
  return {
    ...upstreamEnv(upstreamUrl),
    CLAUDE_GW_CLAUDE_COMMAND: inject('claudeCode').path,
    CLAUDE_GW_PROXY: proxyUrl,
    CLAUDE_GW_TLS_CA: ca.caPath,
    CLAUDE_GW_TLS_CERT: ca.clientCertPath,
    CLAUDE_GW_TLS_KEY: ca.clientKeyPath,
  }
}

function byUserFile({ home, upstreamUrl, proxyUrl }: CompanyNetwork) {
  const work = {
    upstream: upstreamUrl,
    credential: 'env:UPSTREAM_KEY',
    proxy: proxyUrl,
    tls: {
      ca: ca.caPath,
      cert: ca.clientCertPath,
      key: encryptedKeyPath,
      passphrase: 'env:KEY_PASSPHRASE',
    },
  }
  const document = { profile: 'work', claude: { command: inject('claudeCode').path }, profiles: { work } }
  writeFile(userFile(home), document)
  return { UPSTREAM_KEY: UPSTREAM_SECRET, KEY_PASSPHRASE: PASSPHRASE }
}

function byClaudeVariables(network: CompanyNetwork) {
  return { ...claudeVariables(network), CLAUDE_GW_CLAUDE_COMMAND: inject('claudeCode').path }
}

/** Not one word of ours: the user has Claude Code set up, and types `claude-gw run`. */
function bySettings(network: CompanyNetwork) {
  writeSettings(network.home, 'user', { env: claudeVariables(network) })
  return { CLAUDE_GW_CLAUDE_COMMAND: inject('claudeCode').path }
}

function claudeVariables({ upstreamUrl, proxyUrl }: CompanyNetwork) {
  return {
    ANTHROPIC_BASE_URL: upstreamUrl,
    ANTHROPIC_AUTH_TOKEN: UPSTREAM_SECRET,
    HTTPS_PROXY: proxyUrl,
    NO_PROXY: 'intra.example,10.0.0.0/8',
    NODE_EXTRA_CA_CERTS: ca.caPath,
    CLAUDE_CODE_CLIENT_CERT: ca.clientCertPath,
    CLAUDE_CODE_CLIENT_KEY: encryptedKeyPath,
    CLAUDE_CODE_CLIENT_KEY_PASSPHRASE: PASSPHRASE,
  }
}

function runConfigured(network: CompanyNetwork, configure: Configure): Promise<CliResult> {
  return runIn(network.home, ARGS, { env: configure(network) })
}

/** Claude Code alone, the same way. */
async function runAlone(network: CompanyNetwork): Promise<void> {
  const result = await runDirect(network.home, network.upstreamUrl, ARGS, { env: claudeVariables(network) })
  expect(result).toMatchObject({ exitCode: 0, stdout: 'Hello from upstream\n' })
}

/** The name of the upstream leads nowhere but through the proxy, and every connection there came out of a tunnel. */
function expectOnlyThroughProxy({ upstream, proxy }: CompanyNetwork): void {
  const signedIn = proxy.connects.filter(({ headers }) => headers['proxy-authorization'])
  expect(new Set(proxy.connects.map(({ target }) => target))).toEqual(
    new Set([`upstream.test:${upstream.port}`]),
  )
  expect(signedIn).toHaveLength(proxy.connects.length)
  expect(upstream.acceptedConnections()).toBe(signedIn.length)
  expect(upstream.messages()[0]?.values('host')).toEqual([`upstream.test:${upstream.port}`])
}
