import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findLeaks, plainCanaries, randomCanaries, repeatAll } from '../support/canaries.ts'
import { CLIENT_SECRETS } from '../support/canary-client.ts'
import type { Way } from '../support/canary-run.ts'
import { environment, observeRun } from '../support/canary-run.ts'
import { repeatEverything, UPSTREAM_SECRETS } from '../support/canary-upstream.ts'
import type { Home } from '../support/claude-run.ts'
import { openHome, writeSettings } from '../support/claude-run.ts'
import { fakeProgram } from '../support/fake-program.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { processWatchUnavailable } from '../support/process-watch.ts'
import { Pty, ptyUnavailable } from '../support/pty.ts'
import { secretServiceUnavailable, startSecretService } from '../support/secret-service.ts'
import { createThrowawayCa, opensslUnavailable } from '../support/throwaway-ca.ts'

const SECRETS = {
  ...plainCanaries(
    'first key',
    'next key',
    'headers',
    'literal header',
    'tls.passphrase',
    'ANTHROPIC_API_KEY',
    'ANTHROPIC_AUTH_TOKEN',
    'CLAUDE_CODE_OAUTH_TOKEN',
    'base URL password',
  ),
  ...randomCanaries('helper stderr', 'helper argument'),
}

const PLANTED = { ...SECRETS, ...CLIENT_SECRETS, ...UPSTREAM_SECRETS }

const FIRST = SECRETS['first key']
const NEXT = SECRETS['next key']

/** Another secret goes upstream with every request. */
const HEADER = { CLAUDE_GW_HEADERS: '{"X-Gateway-Key": "env:HEADER_KEY"}', HEADER_KEY: SECRETS.headers }

/** What Claude Code would use without us. */
const BESIDE = {
  ...HEADER,
  ANTHROPIC_API_KEY: SECRETS.ANTHROPIC_API_KEY,
  ANTHROPIC_AUTH_TOKEN: SECRETS.ANTHROPIC_AUTH_TOKEN,
  CLAUDE_CODE_OAUTH_TOKEN: SECRETS.CLAUDE_CODE_OAUTH_TOKEN,
}

const VARIABLE = { ...BESIDE, CLAUDE_GW_CREDENTIAL: 'env:TEAM_KEY', TEAM_KEY: FIRST }
const HELPER_LINE = `helper --password ${SECRETS['helper argument']}`

const WAYS: Readonly<Record<string, (home: Home) => Way>> = {
  'a variable': () => ({ env: VARIABLE, shown: FIRST }),
  ANTHROPIC_AUTH_TOKEN: () => ({ env: { ...BESIDE, ANTHROPIC_AUTH_TOKEN: FIRST }, shown: FIRST }),
  ANTHROPIC_API_KEY: () => ({ env: { ...HEADER, ANTHROPIC_API_KEY: FIRST }, shown: FIRST }),
  'a variable in Claude Code’s settings': (home) => {
    writeSettings(home, 'user', { env: { ANTHROPIC_AUTH_TOKEN: FIRST } })
    return { env: BESIDE, shown: FIRST }
  },
  'a file': (home) => {
    const { path, change } = keyFile(home)
    return { env: { ...BESIDE, CLAUDE_GW_CREDENTIAL: `file:${path}` }, change, shown: NEXT }
  },
  'a command': (home) =>
    helper(home, 'helper', { ...BESIDE, CLAUDE_GW_CREDENTIAL: `command:${HELPER_LINE}` }),
  Vault: (home) => helper(home, 'vault', { ...BESIDE, CLAUDE_GW_CREDENTIAL: 'vault:secret/claude#key' }),
  '1Password': (home) => helper(home, 'op', { ...BESIDE, CLAUDE_GW_CREDENTIAL: 'op://team/claude/key' }),
  'an apiKeyHelper': (home) => {
    writeSettings(home, 'user', { apiKeyHelper: HELPER_LINE })
    return helper(home, 'helper', HEADER)
  },
  'the login of Claude Code': () => passthrough(),
  'the login of Claude Code, and settings that lead past it': (home) => {
    writeSettings(home, 'user', { env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' } })
    return passthrough()
  },
  'a base URL with a password, which is not used': () => ({
    env: { ...VARIABLE, ANTHROPIC_BASE_URL: urlWith(SECRETS['base URL password']) },
    shown: FIRST,
  }),
  'a header that is no reference': () => {
    const CLAUDE_GW_HEADERS = JSON.stringify({ 'X-Gateway-Key': SECRETS['literal header'] })
    return { env: { ...VARIABLE, CLAUDE_GW_HEADERS, HEADER_KEY: '' }, shown: SECRETS['literal header'] }
  },
  'what libraries print with DEBUG': () => ({ env: { ...VARIABLE, DEBUG: '*' }, shown: FIRST }),
}

function keyFile(home: Home) {
  const path = join(home.directory, 'key')
  const write = (key: string) => writeFileSync(path, `${key}\n`, { mode: 0o600 })
  write(FIRST)
  return { path, change: () => write(NEXT) }
}

/** A program that prints the key, and complains although it can. */
function helper(home: Home, program: string, env: Way['env']): Way {
  const { path, change } = keyFile(home)
  const complaint = JSON.stringify(repeatAll([SECRETS['helper stderr']]))
  const script = `console.error(${complaint}); process.stdout.write(require('node:fs').readFileSync('${path}'))`
  return { env: { ...env, PATH: fakeProgram(program, script).PATH }, program, change, shown: NEXT }
}

function passthrough(): Way {
  return {
    env: { ...HEADER, CLAUDE_GW_CREDENTIAL: 'passthrough' },
    shown: CLIENT_SECRETS['client authorization'],
  }
}

function urlWith(password: string): string {
  return `https://me:${encodeURIComponent(password)}@other.example`
}

/** The line of a helper is an argument of its shell, as with Claude Code itself: who writes a secret there shows it. */
const ARGUMENT_OF_HELPER = 'the list of processes: helper argument'

const noProcesses = processWatchUnavailable
const noKeychain = secretServiceUnavailable
const noCertificates = opensslUnavailable

describe.skipIf(noProcesses)(`no secret gets out of a run${noProcesses ? `: ${noProcesses}` : ''}`, () => {
  test.each(Object.entries(WAYS))('with %s', async (_way, open) => {
    const home = openHome()
    const leaks = findLeaks(await observeRun(home, open(home)), PLANTED)
    expect(leaks.filter((leak) => leak !== ARGUMENT_OF_HELPER)).toEqual([])
  })

  test.skipIf(noKeychain)(`with the keychain${noKeychain ? `: ${noKeychain}` : ''}`, async () => {
    const { env, store } = await startSecretService('unlocked', { default: FIRST })
    const way = {
      env: { ...env, ...BESIDE, CLAUDE_GW_CREDENTIAL: 'keychain:' },
      change: () => store('default', NEXT),
      shown: NEXT,
      program: 'keychain-program.js',
    }
    expect(findLeaks(await observeRun(openHome(), way), PLANTED)).toEqual([])
  })

  test.skipIf(noCertificates)(
    `with tls.passphrase${noCertificates ? `: ${noCertificates}` : ''}`,
    async () => {
      const ca = createThrowawayCa()
      onTestFinished(ca.remove)
      const env = {
        ...VARIABLE,
        CLAUDE_GW_TLS_CA: ca.caPath,
        CLAUDE_GW_TLS_CERT: ca.clientCertPath,
        CLAUDE_GW_TLS_KEY: ca.encryptKey(ca.clientKeyPath, SECRETS['tls.passphrase']),
        CLAUDE_GW_TLS_PASSPHRASE: 'env:TLS_PASSPHRASE',
        TLS_PASSPHRASE: SECRETS['tls.passphrase'],
      }
      const way = { env, shown: FIRST, identity: ca.strictServer }
      expect(findLeaks(await observeRun(openHome(), way), PLANTED)).toEqual([])
    },
  )
})

const PROGRAM = resolve(import.meta.dirname, '../../bin/claude-gw.js')

test.skipIf(ptyUnavailable)(`nor in a terminal${ptyUnavailable ? `: ${ptyUnavailable}` : ''}`, async () => {
  const home = openHome()
  const upstream = await startFaultUpstream(repeatEverything())
  onTestFinished(upstream.close)
  const env = { PATH: process.env['PATH'], TERM: 'xterm', ...VARIABLE, ...environment(home, upstream.url) }
  const args = [PROGRAM, '--verbose', 'run', 'hello']
  const terminal = new Pty({ command: process.execPath, args, env, cwd: home.project, columns: 1000 })
  onTestFinished(() => terminal.close())
  const started = await terminal.waitFor(/claude-gw: .* through .*"pid":\d+\}/s)
  terminal.write('{"path": "/v1/garbage/"}\n')
  const answered = await terminal.waitFor(/closed the connection/, started)
  terminal.write('\x04')
  await terminal.waitFor(/claude-gw: 1 request, 1 failed/, answered)
  expect(await terminal.exitCode()).toBe(0)
  expect(findLeaks({ 'the terminal': terminal.output }, PLANTED)).toEqual([])
})

test('every form of every secret would be found', () => {
  for (const [name, secret] of Object.entries(PLANTED)) {
    for (const form of repeatAll([secret]).split(', '))
      expect(findLeaks({ here: `before${form}after` }, PLANTED), form).toContain(`here: ${name}`)
  }
})
