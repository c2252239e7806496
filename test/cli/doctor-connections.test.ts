import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeFile } from '../support/configured.ts'
import { jwt } from '../support/jwt.ts'
import { examineMachine, openHomeWithClaude } from '../support/local-examination.ts'
import { secretServiceUnavailable, startSecretService } from '../support/secret-service.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import type { ThrowawayCa } from '../support/throwaway-ca.ts'
import { createThrowawayCa, opensslUnavailable } from '../support/throwaway-ca.ts'

const GATEWAY = { CLAUDE_GW_UPSTREAM: 'https://gateway.example' }
const HOUR = 3600

describe('proxy', () => {
  test.each([
    ['none', {}, 'ok', 'there is none'],
    [
      'one with a password',
      { HTTPS_PROXY: 'http://me:canary@proxy.example:3128' },
      'ok',
      'http://proxy.example:3128 (HTTPS_PROXY); Claude Code gets NO_PROXY with 127.0.0.1',
    ],
    [
      'one that is excepted',
      { HTTPS_PROXY: 'http://proxy.example', NO_PROXY: '.example,127.0.0.1' },
      'ok',
      'none for this upstream, beside HTTPS_PROXY',
    ],
    ['one of the key', { CLAUDE_GW_PROXY: 'http://proxy.example:8080' }, 'ok', '(CLAUDE_GW_PROXY)'],
    ['a SOCKS proxy', { HTTPS_PROXY: 'socks5://me:canary@proxy.example' }, 'fail', 'SOCKS is not supported'],
  ])('%s', async (_case, env, verdict, evidence) => {
    const { of, printed } = await examineMachine(openHomeWithClaude(), { env: { ...GATEWAY, ...env } })
    expect(of('proxy')).toMatchObject({ verdict, evidence: expect.stringContaining(evidence) })
    expect(printed).not.toContain('canary')
  })
})

describe.skipIf(opensslUnavailable)(
  `certificates${opensslUnavailable ? `: ${opensslUnavailable}` : ''}`,
  () => {
    let ca: ThrowawayCa
    beforeAll(() => {
      ca = createThrowawayCa()
    })
    afterAll(() => ca.remove())

    /** @param days that it lasts, counted from now */
    function certificate(days: number): string {
      const folder = temporaryDirectory()
      const openssl = (line: string) =>
        execFileSync('openssl', line.split(' '), { cwd: folder, stdio: 'ignore' })
      openssl(
        'req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out csr.pem -subj /CN=x',
      )
      openssl(`x509 -req -in csr.pem -signkey key.pem -days ${days} -out cert.pem`)
      return folder
    }

    async function authorities(path: string) {
      const env = { ...GATEWAY, CLAUDE_GW_TLS_CA: path }
      return (await examineMachine(openHomeWithClaude(), { env })).of('certificates')
    }

    test('an authority that lasts is well', async () => {
      const path = join(certificate(400), 'cert.pem')
      expect(await authorities(path)).toMatchObject({
        verdict: 'ok',
        evidence: expect.stringContaining(`${path} (tls.ca) lasts until 20`),
      })
    })

    test('one that ends soon is a warning, one that has ended a failure', async () => {
      expect(await authorities(ca.caPath)).toMatchObject({
        verdict: 'warn',
        remedy: expect.stringContaining('`tls.ca`'),
      })
      expect(await authorities(join(certificate(-1), 'cert.pem'))).toMatchObject({
        verdict: 'fail',
        evidence: expect.stringContaining('expired on 20'),
      })
    })

    test('a file that is not there fails, and the key is not blamed for it', async () => {
      const env = { ...GATEWAY, CLAUDE_GW_TLS_CA: '/nowhere/ca.pem' }
      const { of } = await examineMachine(openHomeWithClaude(), { env })
      expect(of('certificates')).toMatchObject({
        verdict: 'fail',
        evidence: expect.stringContaining('/nowhere/ca.pem'),
      })
      expect(of('key').verdict).toBe('skipped')
    })

    test('one of Node.js that cannot be read is a warning', async () => {
      const env = { ...GATEWAY, NODE_EXTRA_CA_CERTS: '/nowhere/ca.pem' }
      expect((await examineMachine(openHomeWithClaude(), { env })).of('certificates')).toMatchObject({
        verdict: 'warn',
        evidence: expect.stringContaining('/nowhere/ca.pem (NODE_EXTRA_CA_CERTS) cannot be read'),
      })
    })

    test.each([
      [400, 'ok'],
      [13, 'warn'],
      [-1, 'fail'],
    ])('a certificate of our own that ends in %i days', async (days, verdict) => {
      const folder = certificate(days)
      const env = {
        ...GATEWAY,
        CLAUDE_GW_TLS_CERT: join(folder, 'cert.pem'),
        CLAUDE_GW_TLS_KEY: join(folder, 'key.pem'),
      }
      expect((await examineMachine(openHomeWithClaude(), { env })).of('certificates')).toMatchObject({
        verdict,
        evidence: expect.stringContaining('your own certificate'),
      })
    })

    test('verification that is switched off fails', async () => {
      const env = { ...GATEWAY, NODE_TLS_REJECT_UNAUTHORIZED: '0' }
      expect((await examineMachine(openHomeWithClaude(), { env })).of('certificates')).toMatchObject({
        verdict: 'fail',
      })
    })
  },
)

describe('key', () => {
  const later = (seconds: number) => jwt({ exp: Math.floor(Date.now() / 1000) + seconds })

  test.each([
    ['an API key', 'sk-ant-api03-canary', 'ok', 'an Anthropic key from env:TEAM_KEY'],
    ['an OAuth token', 'sk-ant-oat01-canary', 'ok', 'an OAuth token from env:TEAM_KEY'],
    ['a key of a gateway', 'canary-key', 'ok', 'a key from env:TEAM_KEY'],
    ['a JWT', later(5 * HOUR), 'ok', 'a JWT from env:TEAM_KEY, until 20'],
    ['a JWT at its end', later(HOUR / 2), 'warn', 'less than an hour'],
    ['an expired JWT', later(-60), 'fail', 'its token expired at 20'],
    ['none', '', 'fail', 'the variable TEAM_KEY is empty'],
    ['two lines', 'canary\nkey', 'fail', 'it ends a line'],
  ])('%s', async (_case, key, verdict, evidence) => {
    const env = { ...GATEWAY, CLAUDE_GW_CREDENTIAL: 'env:TEAM_KEY', TEAM_KEY: key }
    const { of, printed } = await examineMachine(openHomeWithClaude(), { env })
    expect(of('key')).toMatchObject({ verdict, evidence: expect.stringContaining(evidence) })
    if (verdict !== 'ok') expect(of('key').remedy).toBeTruthy()
    expect(printed).not.toContain('canary')
    if (key !== '') expect(printed).not.toContain(key)
  })

  test('of a command that prints tokens, one that ends soon is well', async () => {
    const home = openHomeWithClaude()
    const script = writeFile(join(home.directory, 'helper'), `#!/bin/sh\necho '${later(HOUR / 2)}'\n`)
    chmodSync(script, 0o755)
    const env = { ...GATEWAY, CLAUDE_GW_CREDENTIAL: `command:${script} --password canary` }
    const { of, printed } = await examineMachine(home, { env })
    expect(of('key')).toMatchObject({ verdict: 'ok' })
    expect(printed).not.toContain('canary')
  })

  test('in a file tells its age, and fails where others can read it', async () => {
    const home = openHomeWithClaude()
    const path = writeFile(join(home.directory, 'key'), 'canary-key\n')
    chmodSync(path, 0o600)
    const written = Date.now() / 1000 - 40 * 24 * HOUR
    utimesSync(path, written, written)
    const env = { ...GATEWAY, CLAUDE_GW_CREDENTIAL: 'file:~/key' }
    expect((await examineMachine(home, { env })).of('key')).toMatchObject({
      verdict: 'ok',
      evidence: 'a key from file:~/key, written 40 days ago',
    })
    chmodSync(path, 0o644)
    expect((await examineMachine(home, { env })).of('key')).toMatchObject({
      verdict: 'fail',
      remedy: `run \`chmod 600 ${path}\``,
    })
  })

  test('that is missing skips what would be asked, with the reason', async () => {
    const env = { CLAUDE_GW_UPSTREAM: 'http://127.0.0.1:9', CLAUDE_GW_CREDENTIAL: 'env:TEAM_KEY' }
    const { of, checks, exitCode } = await examineMachine(openHomeWithClaude(), { env, args: [] })
    expect(of('key').verdict).toBe('fail')
    const others = checks.filter(({ isLocal, verdict }) => !isLocal && verdict !== 'skipped')
    expect(others.map(({ id }) => id)).toEqual(['url'])
    expect(of('reach').evidence).toBe('there is nothing to ask it with, see `key`')
    expect(exitCode).toBe(1)
  })

  test('of a header that is missing fails too', async () => {
    const headers = { CLAUDE_GW_HEADERS: '{"X-Team": "env:HEADER_KEY"}' }
    const env = { ...GATEWAY, ...headers, CLAUDE_GW_CREDENTIAL: 'env:TEAM_KEY', TEAM_KEY: 'canary' }
    const { of, printed } = await examineMachine(openHomeWithClaude(), { env })
    expect(of('key')).toMatchObject({ verdict: 'fail', evidence: expect.stringContaining('HEADER_KEY') })
    expect(printed).not.toContain('canary')
  })

  test('that is no reference fails without being shown', async () => {
    const env = { ...GATEWAY, CLAUDE_GW_CREDENTIAL: 'sk-ant-api03-canary' }
    const { printed, exitCode } = await examineMachine(openHomeWithClaude(), { env })
    expect(exitCode).toBe(1)
    expect(printed).not.toContain('canary')
  })
})

const reason = secretServiceUnavailable

describe('keychain', () => {
  test('that nothing is kept in is not asked', async () => {
    expect((await examineMachine(openHomeWithClaude())).of('keychain')).toMatchObject({ verdict: 'skipped' })
  })
})

describe.skipIf(reason)(`keychain with a Secret Service${reason ? `: ${reason}` : ''}`, () => {
  const use = { ...GATEWAY, CLAUDE_GW_CREDENTIAL: 'keychain:work' }

  async function asked(state: Parameters<typeof startSecretService>[0]) {
    const home = openHomeWithClaude()
    const service = await startSecretService(state, state === 'no bus' ? {} : { work: 'canary-key' })
    const { DBUS_SESSION_BUS_ADDRESS = '', XDG_RUNTIME_DIR = '' } = service.env
    const bus = DBUS_SESSION_BUS_ADDRESS === '' ? {} : { DBUS_SESSION_BUS_ADDRESS }
    const examination = await examineMachine(home, { env: { ...use, ...bus, XDG_RUNTIME_DIR } })
    expect(examination.printed).not.toContain('canary')
    return { service, ...examination }
  }

  test('that is open takes an item and leaves nothing', async () => {
    const { of, service } = await asked('unlocked')
    expect(of('keychain')).toMatchObject({ verdict: 'ok', evidence: expect.stringContaining('`credential`') })
    expect(of('key')).toMatchObject({ verdict: 'ok', evidence: 'a key from keychain:work' })
    expect(listItems(service.env)).toContain('account = work')
    expect(listItems(service.env)).not.toContain('probe')
  })

  test.each([
    ['locked', 'the keychain is locked'],
    ['no bus', 'no session bus that leads to a keychain'],
  ] as const)('that is %s fails, and the key is not blamed for it', async (state, evidence) => {
    const { of, exitCode } = await asked(state)
    expect(of('keychain')).toMatchObject({ verdict: 'fail', evidence: expect.stringContaining(evidence) })
    expect(of('keychain').remedy).toBeTruthy()
    expect(of('key').verdict).toBe('skipped')
    expect(exitCode).toBe(1)
  })
})

/** Everything that is kept for this program. */
function listItems(env: Readonly<Record<string, string>>): string {
  const search = ['search', '--all', 'service', 'claude-gw']
  const { stdout, stderr } = spawnSync('secret-tool', search, { env, encoding: 'utf8' })
  return stdout + stderr
}
