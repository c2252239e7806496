import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Home, RunOptions } from '../support/claude-run.ts'
import { recordsOf, UPSTREAM_SECRET, writeSettings } from '../support/claude-run.ts'
import type { CliResult } from '../support/cli.ts'
import {
  configIn,
  initRepository,
  machineFileUnavailable,
  projectFile,
  userFile,
  writeFile,
} from '../support/configured.ts'
import type { ConnectProxy } from '../support/connect-proxy.ts'
import { startConnectProxy } from '../support/connect-proxy.ts'
import { answer } from '../support/faults.ts'
import type { ThrowawayCa } from '../support/throwaway-ca.ts'
import { createThrowawayCa, opensslUnavailable } from '../support/throwaway-ca.ts'
import type { Administration } from './laptop.ts'
import { runOnLaptop } from './laptop.ts'
import type { MessagesUpstream } from './real-claude.ts'
import { openClaudeHome, startMessagesUpstream, startTlsUpstream, textAnswer } from './real-claude.ts'

const MACHINE_FILE = '/etc/claude-gw/config.json'
const MODEL = 'claude-sonnet-5-5'
const unavailable = machineFileUnavailable ?? opensslUnavailable

let ca: ThrowawayCa
beforeAll(() => {
  if (!unavailable) ca = createThrowawayCa()
})
afterAll(() => ca?.remove())

interface Laptop extends Administration {
  readonly home: Home
  /** That of the company, behind its proxy. */
  readonly upstream: MessagesUpstream
  readonly upstreamUrl: string
  readonly proxy: ConnectProxy
  /** Where the user would rather go. */
  readonly elsewhere: MessagesUpstream
}

describe.skipIf(unavailable)(`a managed laptop${unavailable ? `: ${unavailable}` : ''}`, () => {
  test('leads to the company, without a word of the user', async () => {
    const laptop = await openLaptop()
    expect(await runHello(laptop)).toEqual({
      exitCode: 0,
      signal: null,
      stdout: 'Hello from upstream\n',
      stderr: '',
    })
    expectCompany(laptop)
    expect(recordsOf(laptop.home)).toMatchObject([
      { profile: 'corp', upstream: laptop.upstreamUrl, model: MODEL, tags: { cost_center: '4711' } },
    ])
  })

  test('does so whatever files of the user and of a trusted repository say', async () => {
    const laptop = await openLaptop()
    const { home, elsewhere } = laptop
    const wishes = {
      upstream: elsewhere.url,
      credential: 'env:OWN_KEY',
      headers: { 'X-Cost-Center': 'none' },
      tags: { costCenter: '1' },
    }
    writeFile(userFile(home), { profile: 'own', ...wishes, profiles: { own: wishes, corp: wishes } })
    initRepository(home.project)
    writeFile(projectFile(home), { ...wishes, profiles: { corp: wishes } })
    await configIn(home, ['trust', '--yes'])
    writeSettings(home, 'user', {
      env: { ANTHROPIC_BASE_URL: elsewhere.url, ANTHROPIC_MODEL: 'claude-haiku-5-5' },
    })
    writeSettings(home, 'project', { env: { ANTHROPIC_BASE_URL: elsewhere.url } })
    expect(await runHello(laptop, { env: { OWN_KEY: 'own-key' } })).toEqual({
      exitCode: 0,
      signal: null,
      stdout: 'Hello from upstream\n',
      stderr: '',
    })
    expectCompany(laptop)
  })

  test.each([
    ['--profile', 'profile', { options: ['--profile', 'own'] }],
    ['--upstream', 'upstream', { options: ['--upstream', 'http://127.0.0.1:9'] }],
    ['--credential', 'credential', { options: ['--credential', 'passthrough'] }],
    ['CLAUDE_GW_PROFILE', 'profile', { env: { CLAUDE_GW_PROFILE: 'own' } }],
    ['CLAUDE_GW_UPSTREAM', 'upstream', { env: { CLAUDE_GW_UPSTREAM: 'http://127.0.0.1:9' } }],
    ['CLAUDE_GW_TLS_CA', 'tls.ca', { env: { CLAUDE_GW_TLS_CA: '/mine.pem' } }],
    [
      'CLAUDE_GW_HEADERS',
      'headers.X-Cost-Center',
      { env: { CLAUDE_GW_HEADERS: '{"x-cost-center": "none"}' } },
    ],
  ])('%s cannot change it: that ends with 3, and names the file', async (origin, key, options) => {
    const laptop = await openLaptop()
    const result = await runHello(laptop, options)
    expect(result).toMatchObject({ exitCode: 3, stdout: '' })
    expect(result.stderr).toContain(`${origin}: \`${key}\` is fixed by ${MACHINE_FILE}:`)
    expect(laptop.proxy.connects).toEqual([])
  })

  test('an option that asks for the same is no offence', async () => {
    const laptop = await openLaptop()
    const options = ['--profile', 'corp', '--upstream', laptop.upstreamUrl]
    expect(await runHello(laptop, { options })).toMatchObject({ exitCode: 0, stderr: '' })
    expectCompany(laptop)
  })

  test('a machine file that others can write fixes nothing, and a line says so', async () => {
    const laptop = await openLaptop()
    writeFile(userFile(laptop.home), {
      upstream: laptop.elsewhere.url,
      credential: 'env:UPSTREAM_KEY',
      claude: { command: inject('claudeCode').path },
    })
    const result = await runHello({ ...laptop, machineMode: 0o666 })
    expect(result).toMatchObject({ exitCode: 0, stdout: 'Hello from elsewhere\n' })
    expect(result.stderr).toBe(`claude-gw: ${MACHINE_FILE} does not count: others can write it (mode 0666)\n`)
  })
})

async function openLaptop(): Promise<Laptop> {
  const upstream = await startTlsUpstream(ca.strictServer)
  const upstreamUrl = `https://upstream.test:${upstream.port}`
  const proxy = await startConnectProxy({ signIn: 'laptop:password' })
  return {
    home: openClaudeHome(),
    upstream,
    upstreamUrl,
    proxy,
    elsewhere: await startMessagesUpstream(answer(textAnswer('Hello from elsewhere'))),
    machine: {
      claude: { command: inject('claudeCode').path },
      profiles: { corp: { timeouts: { connect: '5s' } } },
      enforced: {
        profile: 'corp',
        upstream: upstreamUrl,
        credential: 'env:UPSTREAM_KEY',
        headers: { 'X-Cost-Center': 'tag:costCenter' },
        tags: { costCenter: '4711' },
        tls: { ca: ca.caPath },
      },
    },
    managedSettings: {
      env: {
        ANTHROPIC_MODEL: MODEL,
        HTTPS_PROXY: proxy.url.replace('//', '//laptop:password@'),
        NO_PROXY: 'intra.example',
        CLAUDE_CODE_CLIENT_CERT: ca.clientCertPath,
        CLAUDE_CODE_CLIENT_KEY: ca.clientKeyPath,
      },
      permissions: { deny: ['WebFetch'] },
    },
  }
}

function runHello(laptop: Laptop, { options, env }: RunOptions = {}): Promise<CliResult> {
  const more = { ...(options && { options }), env: { UPSTREAM_KEY: UPSTREAM_SECRET, ...env } }
  return runOnLaptop(laptop.home, laptop, ['-p', 'hello'], more)
}

/** All went to the company through its proxy, as the administrator has it. */
function expectCompany({ upstream, proxy, elsewhere }: Laptop): void {
  const [request, ...more] = upstream.messages()
  expect(more).toEqual([])
  expect(request?.values('authorization')).toEqual([`Bearer ${UPSTREAM_SECRET}`])
  expect(request?.values('x-cost-center')).toEqual(['4711'])
  expect(JSON.parse(String(request?.body)).model).toBe(MODEL)
  expect(new Set(proxy.connects.map(({ target }) => target))).toEqual(
    new Set([`upstream.test:${upstream.port}`]),
  )
  expect(elsewhere.acceptedConnections()).toBe(0)
}
