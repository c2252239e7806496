import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findLeaks, plainCanaries, randomCanaries, repeatAll } from '../support/canaries.ts'
import type { Home } from '../support/claude-run.ts'
import { openHome, writeSettings } from '../support/claude-run.ts'
import type { Command } from '../support/failing-commands.ts'
import { complaintsOf } from '../support/failing-commands.ts'
import { fakeProgram } from '../support/fake-program.ts'
import { jwt } from '../support/jwt.ts'
import { createThrowawayCa, opensslUnavailable } from '../support/throwaway-ca.ts'

const PLANTED = {
  ...plainCanaries('key', 'argument', 'variable', 'passphrase'),
  ...randomCanaries('literal', 'words'),
}
const { key: KEY, argument: ARGUMENT, variable: VARIABLE, literal: LITERAL, words: WORDS } = PLANTED

type Environment = Readonly<Record<string, string>>

interface Failure {
  readonly env: Environment
  /** What each command says about it. */
  readonly says: RegExp
  /** Those that meet it; all if absent. */
  readonly commands?: readonly Command[]
}

type Failures = Readonly<Record<string, (home: Home) => Failure>>

const NOT_SHOWN = /not what stands there \(it is not shown/
const NO_HEADER_VALUE = /not printable ASCII/

const VALUES: Failures = {
  'a variable of two lines': () => teamKey(`${KEY}\nsecond`),
  'a variable that fits into no header': () => teamKey(`${KEY}ü`),
  'a variable that nobody knows': () => ({ env: { CLAUDE_GW_KEY: KEY }, says: /no key `CLAUDE_GW_KEY`/ }),
  'a file that others can read': (home) => keyFile(home, KEY, 0o644, /others can read it/),
  'a file of two lines': (home) => keyFile(home, `${KEY}\nsecond`, 0o600, NO_HEADER_VALUE),
  'a key in place of a reference': () => ({ env: credential(LITERAL), says: NOT_SHOWN }),
  'a key in place of a variable': () => ({ env: credential(`env:${LITERAL}`), says: NOT_SHOWN }),
  'a key in place of a command': () => ({ env: credential(`command:${LITERAL}`), says: /exited with 127/ }),
}

function credential(reference: string): Environment {
  return { CLAUDE_GW_CREDENTIAL: reference }
}

function teamKey(value: string): Failure {
  return { env: { ...credential('env:TEAM_KEY'), TEAM_KEY: value }, says: NO_HEADER_VALUE }
}

function keyFile(home: Home, content: string, mode: number, says: RegExp): Failure {
  const path = join(home.directory, 'key')
  writeFileSync(path, content, { mode })
  return { env: credential(`file:${path}`), says }
}

/** What a helper may say in its despair. */
const DESPAIR = complain(repeatAll([KEY, ARGUMENT, VARIABLE, WORDS]))
const EXIT = `${DESPAIR}; process.exitCode = 3`

const HELPERS: Failures = {
  'a command that fails': () => command(`${print(KEY)}; ${EXIT}`, /exited with 3/),
  'a command that throws': () => command(`${print(KEY)}; throw Error('${KEY}, ${WORDS}')`, /exited with 1/),
  'a command that prints nothing': () => command(DESPAIR, /printed nothing/),
  'a command that prints two words': () => command(print(`token: ${KEY}`), /more than one word/),
  'a command that prints too much': () => command(print(KEY.repeat(4_000)), /more than 64 KB/),
  'a command that prints what fits into no header': () => command(print(`${KEY}ü`), NO_HEADER_VALUE),
  'a command with an expired token': () => command(print(jwt({ exp: 1, sub: KEY })), /token expired/),
  'a command that takes too long': () =>
    command(`${print(KEY)}; ${DESPAIR}; setInterval(() => {}, 1_000)`, /did not end within 1 s/),
  'a command that is killed': () =>
    command(`${print(KEY)}; ${DESPAIR}; process.kill(process.pid, 'SIGKILL')`, /exited with 137|SIGKILL/),
  'a Vault that fails': () => helper('vault', 'vault:secret/claude#key'),
  'a 1Password that fails': () => helper('op', 'op://team/claude/key'),
}

/** A line with secrets in it and around it. */
function command(script: string, says: RegExp): Failure {
  return { env: { ...commandEnv(script), ...credential(HELPER) }, says }
}

const HELPER_LINE = `helper --password '${ARGUMENT}'`
const HELPER = `command:${HELPER_LINE}`

function commandEnv(script: string, name = 'helper'): Environment {
  const { PATH } = fakeProgram(name, script)
  return { PATH, HELPER_TOKEN: VARIABLE, CLAUDE_GW_CREDENTIAL_TIMEOUT: '1s' }
}

function helper(name: string, reference: string): Failure {
  const script = `${print(KEY)}; ${complain(repeatAll([KEY, VARIABLE, WORDS]))}; process.exitCode = 3`
  return { env: { ...commandEnv(script, name), ...credential(reference) }, says: /exited with 3/ }
}

function print(text: string): string {
  return `process.stdout.write(${JSON.stringify(text)})`
}

function complain(text: string): string {
  return `console.error(${JSON.stringify(text)})`
}

/** `key` asks nothing but the source of the credential. */
const GATEWAYS = ['run', 'serve'] as const
const GOOD = { ...credential('env:TEAM_KEY'), TEAM_KEY: KEY }

const SURROUNDINGS: Failures = {
  'an upstream with a password': () => upstream(`https://me:${encodeURIComponent(LITERAL)}@a.example`),
  'an upstream with a key in its query': () => upstream(`https://a.example/?key=${LITERAL}`),
  'an upstream with a password that is no URL': () => upstream(`https://me:${LITERAL}@a.example`),
  'an upstream with a password that is not HTTP': () => upstream(`ftp://me:${LITERAL}@a.example`),
  'a base URL with a password': () => {
    const { env, ...rest } = upstream('')
    return {
      ...rest,
      env: { ...env, ANTHROPIC_BASE_URL: `https://me:${encodeURIComponent(LITERAL)}@a.example` },
    }
  },
  'a header whose source fails': () => {
    const headers = JSON.stringify({ 'X-Gateway-Key': HELPER })
    const env = { ...GOOD, ...commandEnv(EXIT), CLAUDE_GW_HEADERS: headers }
    return { env, says: /exited with 3/, commands: GATEWAYS }
  },
  'a header that is no JSON': () => header(`{"X-Gateway-Key": "${LITERAL}"`),
  'a header that cannot be sent': () => header(`{"X-Gateway-Key": "${LITERAL}ü"}`),
  'a key in place of the reference of tls.passphrase': () => ({
    env: { ...GOOD, CLAUDE_GW_TLS_PASSPHRASE: LITERAL },
    says: NOT_SHOWN,
    commands: GATEWAYS,
  }),
  'an apiKeyHelper that fails': (home) => {
    writeSettings(home, 'user', { apiKeyHelper: HELPER_LINE })
    return { env: commandEnv(EXIT), says: /exited with 3/, commands: GATEWAYS }
  },
  'an apiKeyHelper that cannot be started': (home) => {
    writeSettings(home, 'user', { apiKeyHelper: `${HELPER_LINE}\0` })
    return { env: {}, says: /could not be started/, commands: GATEWAYS }
  },
  'an apiKeyHelper whose variables it cannot be given': (home) => {
    writeSettings(home, 'user', { apiKeyHelper: 'helper', env: { HELPER_TOKEN: `${VARIABLE}\0` } })
    return { env: {}, says: /could not be started/, commands: GATEWAYS }
  },
  'a variable that Claude Code cannot be given': (home) => {
    const variables = {
      ANTHROPIC_BASE_URL: 'https://a.example',
      ANTHROPIC_CUSTOM_HEADERS: `X-Key: ${LITERAL}\0`,
    }
    writeSettings(home, 'user', { env: variables })
    return { env: GOOD, says: /cannot be executed|internal error/, commands: ['run'] }
  },
}

function upstream(url: string): Failure {
  const env = { ...GOOD, CLAUDE_GW_UPSTREAM: url }
  return { env, says: /`upstream` must be a URL/, commands: GATEWAYS }
}

function header(headers: string): Failure {
  return { env: { ...GOOD, CLAUDE_GW_HEADERS: headers }, says: /`headers` must be a JSON object/ }
}

describe('no secret is told of', () => {
  test.each(Object.entries({ ...VALUES, ...HELPERS, ...SURROUNDINGS }))('%s', async (_name, prepare) => {
    const home = openHome()
    await expectSilence(home, prepare(home))
  })
})

const noCertificates = opensslUnavailable

describe.skipIf(noCertificates)(`with openssl${noCertificates ? `: ${noCertificates}` : ''}`, () => {
  test.each([
    ['does not open the key', 'env:WRONG_PASSPHRASE', /does not open/],
    ['cannot be looked up', HELPER, /exited with 3/],
  ])('no secret is told of a tls.passphrase that %s', async (_case, reference, says) => {
    const ca = createThrowawayCa()
    onTestFinished(ca.remove)
    const env = {
      ...GOOD,
      ...commandEnv(EXIT),
      CLAUDE_GW_TLS_CERT: ca.clientCertPath,
      CLAUDE_GW_TLS_KEY: ca.encryptKey(ca.clientKeyPath, PLANTED.passphrase),
      CLAUDE_GW_TLS_PASSPHRASE: reference,
      WRONG_PASSPHRASE: VARIABLE,
    }
    await expectSilence(openHome(), { env, says, commands: ['run'] })
  })
})

/** Each command says what is wrong, and none says more. */
async function expectSilence(home: Home, { env, says, commands }: Failure): Promise<void> {
  const complaints = await complaintsOf(home, env, commands)
  for (const [command, text] of Object.entries(complaints)) expect.soft(text, command).toMatch(says)
  expect(findLeaks(complaints, PLANTED)).toEqual([])
}
