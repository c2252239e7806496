import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { apiErrorAnswer } from '../support/answer.ts'
import { runCli } from '../support/cli.ts'
import { answer, choose } from '../support/faults.ts'
import type { SecretService } from '../support/secret-service.ts'
import { secretServiceUnavailable, startSecretService } from '../support/secret-service.ts'
import type { RunningServe, ServeOptions } from '../support/serve.ts'
import { startServe } from '../support/serve.ts'

const KEY = 'sk-stored-canary-5d7e21'
const NEXT_KEY = 'sk-rotated-canary-98c1f0'
const REFUSED = apiErrorAnswer(401, 'authentication_error', 'invalid x-api-key')

test('a credential that is known to be missing ends it before it serves', async () => {
  const result = await runCli(['serve', '--json'], { env: { CLAUDE_GW_CREDENTIAL: 'env:MISSING' } })
  expect(result).toMatchObject({ exitCode: 4, stdout: '' })
  expect(result.stderr).toContain('MISSING is not set')
})

test('one that turns out to fail is said at once, and each request told the remedy', async () => {
  const serve = await startServe({ env: { CLAUDE_GW_CREDENTIAL: 'command:printf s%s ealed >&2; exit 2' } })
  const stderr = collect(serve)
  const reply = await ask(serve)
  expect(reply.status).toBe(401)
  expect(reply.headers.get('x-should-retry')).toBe('false')
  expect(await reply.text()).toMatch(/exited with 2: sealed.*[Rr]un the command yourself/)
  await expect.poll(() => stderr()).toContain('exited with 2: sealed')
  expect(serve.upstream.requests).toEqual([])
})

test('an extra header takes its value from a reference, also beside Claude Code’s own login', async () => {
  const serve = await startServe({
    env: {
      CLAUDE_GW_CREDENTIAL: 'passthrough',
      CLAUDE_GW_HEADERS: '{"ApiKey": "env:TEAM_KEY", "X-Team": "search"}',
      TEAM_KEY: 'key-of-the-team-1',
    },
  })
  await ask(serve, { authorization: 'Bearer sk-ant-oat01-own', apikey: 'not-this' })
  const [request] = serve.upstream.requests
  expect(request?.values('apikey')).toEqual(['key-of-the-team-1'])
  expect(request?.values('x-team')).toEqual(['search'])
  expect(request?.values('authorization')).toEqual(['Bearer sk-ant-oat01-own'])
})

test('a literal where a reference has to stand is refused, and not shown', async () => {
  const env = { CLAUDE_GW_TLS_PASSPHRASE: 'hunter2-and-more', CLAUDE_GW_CREDENTIAL: 'passthrough' }
  const result = await runCli(['serve', '--json'], { env })
  expect(result).toMatchObject({ exitCode: 3, stdout: '' })
  expect(result.stderr).toContain('`tls.passphrase` must be `keychain:ACCOUNT`')
  expect(result.stderr).not.toContain('hunter2')
})

const reason = secretServiceUnavailable

describe.skipIf(reason)(`with a key from the keychain${reason ? `: ${reason}` : ''}`, () => {
  test('one that `login` replaced meanwhile is used at once', async () => {
    const serve = await startLoggedIn()
    expect((await ask(serve)).status).toBe(200)
    await logIn(serve.env, NEXT_KEY)
    serve.accept(NEXT_KEY)
    expect((await ask(serve)).status).toBe(200)
    expect(authorizations(serve)).toEqual([KEY, NEXT_KEY].map((key) => `Bearer ${key}`))
  })

  test('one that a script rotates in the keychain heals the next request by itself', async () => {
    const serve = await startProvisioned()
    expect((await ask(serve)).status).toBe(200)
    serve.rotate(NEXT_KEY)
    serve.accept(NEXT_KEY)
    expect((await ask(serve)).status).toBe(200)
    expect((await ask(serve)).status).toBe(200)
    expect(authorizations(serve)).toEqual([KEY, KEY, NEXT_KEY, NEXT_KEY].map((key) => `Bearer ${key}`))
    expect(logOf(serve)).toContain('"attempts":[{"status":401,')
    expect(logOf(serve)).toMatch(/"credential":\{"source":"keychain:default","refreshed":true\}/)
    expect(logOf(serve)).not.toMatch(new RegExp(`${KEY}|${NEXT_KEY}`))
  })

  test('one that did not change leaves the upstream’s answer as it is', async () => {
    const serve = await startLoggedIn()
    serve.accept(NEXT_KEY)
    const reply = await ask(serve)
    expect(reply.status).toBe(401)
    expect(await reply.text()).toBe(REFUSED.body.toString())
    expect(serve.upstream.requests).toHaveLength(1)
  })

  test('one that was stored meanwhile for another upstream never comes here', async () => {
    const serve = await startLoggedIn()
    expect((await ask(serve)).status).toBe(200)
    await logIn({ ...serve.env, CLAUDE_GW_UPSTREAM: 'https://other.example' }, NEXT_KEY)
    serve.accept(NEXT_KEY)
    expect((await ask(serve)).status).toBe(401)
    expect(authorizations(serve)).toEqual([`Bearer ${KEY}`])
  })
})

/** A `serve` with a key that `login` stored; its upstream accepts that until told otherwise. */
async function startLoggedIn() {
  const service = await startSecretService('unlocked')
  return startWith(service, (inside) => logIn(inside, KEY))
}

/** The same with a key that a script of the company put there. */
async function startProvisioned() {
  return startWith(await startSecretService('unlocked', { default: KEY }))
}

async function startWith(
  { env, store }: SecretService,
  prepare: NonNullable<ServeOptions['prepare']> = async () => {},
) {
  let accepted = KEY
  const serve = await startServe({
    env: { ...env, CLAUDE_GW_CREDENTIAL: 'keychain:' },
    fault: choose(({ request }) =>
      request.values('authorization')[0] === `Bearer ${accepted}` ? answer() : answer(REFUSED),
    ),
    prepare,
  })
  return {
    ...serve,
    /** As a script of the company does it. */
    rotate: (key: string) => store('default', key),
    accept: (key: string) => {
      accepted = key
    },
  }
}

async function logIn(env: Readonly<Record<string, string>>, key: string): Promise<void> {
  expect(await runCli(['login', '--stdin'], { env, input: key })).toMatchObject({ exitCode: 0 })
}

function ask({ ready }: RunningServe, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const own = ready.token === null ? {} : { authorization: `Bearer ${ready.token}` }
  return fetch(`${ready.url}/v1/messages`, { method: 'POST', body: '{}', headers: { ...own, ...headers } })
}

function authorizations({ upstream }: RunningServe): string[] {
  return upstream.requests.flatMap((request) => request.values('authorization'))
}

function collect({ child }: RunningServe): () => string {
  let text = ''
  child.stderr?.on('data', (data) => {
    text += data
  })
  return () => text
}

function logOf({ env }: RunningServe): string {
  const folder = join(env.CLAUDE_GW_STATE_DIR, 'traffic')
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('')
}
