import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { apiErrorAnswer } from '../support/answer.ts'
import type { Home } from '../support/claude-run.ts'
import {
  installProgram,
  logText,
  openHome,
  runIn,
  startAsking,
  UPSTREAM_SECRET,
  upstreamEnv,
  writeSettings,
} from '../support/claude-run.ts'
import { projectFile, userFile, writeFile } from '../support/configured.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer, inTurn } from '../support/faults.ts'

const NOWHERE = upstreamEnv('http://127.0.0.1:9')

test('the child has the gateway for base URL and a token of 256 bits', async () => {
  const env = await childEnv()
  expect(env['ANTHROPIC_BASE_URL']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(env['ANTHROPIC_AUTH_TOKEN']).toMatch(/^cgw-[\w-]{43}$/)
})

test.each(['ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN', 'UPSTREAM_KEY'])(
  '%s does not reach the child',
  async (name) => {
    expect(await childEnv({ [name]: 'a-key-of-the-user' })).not.toHaveProperty(name)
  },
)

test.each([
  [{}, '127.0.0.1,localhost,::1', '127.0.0.1,localhost,::1'],
  [{ NO_PROXY: 'intra.net' }, 'intra.net,127.0.0.1,localhost,::1', 'intra.net,127.0.0.1,localhost,::1'],
  [
    { NO_PROXY: 'a.net', no_proxy: 'b.net, localhost' },
    'a.net,127.0.0.1,localhost,::1',
    'b.net,localhost,127.0.0.1,::1',
  ],
  [{ NO_PROXY: '*' }, '*', '*'],
])('proxy exceptions %j keep the loopback out of a proxy', async (given, upper, lower) => {
  expect(await childEnv(given)).toMatchObject({ NO_PROXY: upper, no_proxy: lower })
})

test('anything else of the environment stays as it is', async () => {
  const given = { ANTHROPIC_MODEL: 'opus', HTTPS_PROXY: 'http://proxy:3128', EMPTY: '', ODD: 'a=b\nü' }
  expect(await childEnv(given)).toMatchObject(given)
})

test('the credential is with the upstream alone: not in the child, the log, the outputs or the summary', async () => {
  const echo = answer(apiErrorAnswer(400, 'invalid_request_error', UPSTREAM_SECRET))
  const upstream = await startFaultUpstream(inTurn(answer(), echo))
  onTestFinished(upstream.close)
  const home = openHome()
  const summary = join(home.directory, 'summary.json')
  const run = await startAsking(home, { env: upstreamEnv(upstream.url), options: ['--summary', summary] })
  const stderr = text(run.process.stderr as NodeJS.ReadableStream)
  await run.ask()
  await run.ask()
  await run.end()
  expect(upstream.requests[0]?.values('authorization')).toEqual([`Bearer ${UPSTREAM_SECRET}`])
  const log = logText(home)
  for (const shown of [
    JSON.stringify([run.env, run.args]),
    await stderr,
    log,
    readFileSync(summary, 'utf8'),
  ]) {
    expect(shown).not.toContain(UPSTREAM_SECRET)
  }
  expect(log).toContain('"redacted":1')
  expect(log).not.toContain(run.token)
})

test('`auto` takes the token of the environment, and hides it from the child', async () => {
  const upstream = await startFaultUpstream(answer())
  onTestFinished(upstream.close)
  const env = { CLAUDE_GW_UPSTREAM: upstream.url, ANTHROPIC_AUTH_TOKEN: UPSTREAM_SECRET }
  const run = await startAsking(openHome(), { env })
  expect(run.token).not.toBe(UPSTREAM_SECRET)
  expect(Object.values(run.env)).not.toContain(UPSTREAM_SECRET)
  await run.ask()
  await run.end()
  expect(upstream.requests[0]?.values('authorization')).toEqual([`Bearer ${UPSTREAM_SECRET}`])
})

test('ANTHROPIC_BASE_URL of the environment is the upstream where no other is named', async () => {
  const upstream = await startFaultUpstream(answer())
  onTestFinished(upstream.close)
  const env = { ANTHROPIC_BASE_URL: `${upstream.url}/gw/v1/`, ANTHROPIC_AUTH_TOKEN: UPSTREAM_SECRET }
  const run = await startAsking(openHome(), { env })
  await run.ask()
  await run.end()
  expect(upstream.requests.map(({ target }) => target)).toEqual(['/gw/v1/messages'])
})

test('in passthrough the secret stands in the URL, and the login of the child goes upstream', async () => {
  const upstream = await startFaultUpstream(answer())
  onTestFinished(upstream.close)
  const env = { CLAUDE_GW_UPSTREAM: upstream.url, CLAUDE_GW_CREDENTIAL: 'passthrough' }
  const run = await startAsking(openHome(), { env })
  expect(run.token).toBeUndefined()
  expect(run.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/)
  await run.ask({ headers: { authorization: 'Bearer of-the-child' } })
  await run.end()
  expect(upstream.requests[0]?.target).toBe('/v1/messages')
  expect(upstream.requests[0]?.values('authorization')).toEqual(['Bearer of-the-child'])
})

test('settings that lead away switch Claude Code to the environment, and its model variables come along', async () => {
  const home = openHome()
  writeSettings(home, 'user', {
    env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:1', ANTHROPIC_MODEL: 'opus', ANTHROPIC_AUTH_TOKEN: 'x' },
  })
  const env = await childEnv(NOWHERE, home)
  expect(env).toMatchObject({ CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST: '1', ANTHROPIC_MODEL: 'opus' })
  expect(env['ANTHROPIC_BASE_URL']).not.toBe('http://127.0.0.1:1')
})

test('without such settings that switch is not set', async () => {
  expect(await childEnv()).not.toHaveProperty('CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST')
})

test.each([
  ['CLAUDE_GW_TOOL_SEARCH', 'ENABLE_TOOL_SEARCH', 'true'],
  ['CLAUDE_GW_FINE_GRAINED_STREAMING', 'CLAUDE_CODE_ENABLE_FINE_GRAINED_TOOL_STREAMING', '1'],
])('%s gives the feature back', async (key, variable, value) => {
  expect(await childEnv({ [key]: 'on' })).toHaveProperty(variable, value)
  expect(await childEnv({ [key]: 'on', [variable]: '0' })).toHaveProperty(variable, '0')
  expect(await childEnv()).not.toHaveProperty(variable)
  const anthropic = { CLAUDE_GW_UPSTREAM: 'https://api.anthropic.com' }
  expect(await childEnv(anthropic)).toHaveProperty(variable, value)
  expect(await childEnv({ ...anthropic, [key]: 'off' })).not.toHaveProperty(variable)
})

test('the variables that any profile names do not reach the child either, in files that count', async () => {
  const home = openHome()
  writeFile(userFile(home), {
    headers: { 'X-Team': 'env:OF_HEADER' },
    profiles: {
      work: { credential: 'env:OF_WORK', headers: { 'X-Team': 'ENV:OF_WORK_HEADER' } },
      eval: { tls: { passphrase: 'env:OF_EVAL' } },
      api: { credential: 'env:ANTHROPIC_API_KEY' },
    },
  })
  writeFile(projectFile(home), { profiles: { x: { credential: 'env:OF_REPOSITORY' } } })
  const names = ['OF_HEADER', 'OF_WORK', 'OF_WORK_HEADER', 'OF_EVAL', 'OF_REPOSITORY', 'OF_FLAG']
  const given = Object.fromEntries([...names, 'OTHER'].map((name) => [name, `value-of-${name}`]))
  const CLAUDE_GW_CLAUDE_COMMAND = installProgram(home, 'show.mjs')
  const env = { ...NOWHERE, ...given, CLAUDE_GW_CREDENTIAL: 'env:OF_FLAG', CLAUDE_GW_CLAUDE_COMMAND }
  for (const options of [[], ['--credential', 'env:UPSTREAM_KEY'], ['--credential', 'passthrough']]) {
    const { stdout } = await runIn(home, [], { env, options })
    const seen = Object.keys(JSON.parse(stdout).env).filter((name) => name in given)
    expect(seen).toEqual(['OF_REPOSITORY', 'OTHER'])
  }
})

test('Claude Code’s own login stays with it in passthrough, whatever other profiles name', async () => {
  const home = openHome()
  writeFile(userFile(home), { profiles: { api: { credential: 'env:ANTHROPIC_API_KEY' } } })
  const given = { CLAUDE_GW_CREDENTIAL: 'passthrough', ANTHROPIC_API_KEY: 'of-the-child' }
  expect(await childEnv(given, home)).toMatchObject({ ANTHROPIC_API_KEY: 'of-the-child' })
})

test.each([
  ['Authorization', {}, 'bearer'],
  ['X-API-KEY', {}, 'x-api-key'],
  ['cookie', {}, 'header:cookie'],
  ['ApiKey', { CLAUDE_GW_AUTH: 'header:apikey' }, 'header:apikey'],
])('a header %s beside the credential is refused, with the way to say it', async (name, more, auth) => {
  const home = openHome()
  const CLAUDE_GW_CLAUDE_COMMAND = installProgram(home, 'show.mjs')
  const CLAUDE_GW_HEADERS = JSON.stringify({ [name]: 'env:RIVAL' })
  const env = { ...NOWHERE, ...more, CLAUDE_GW_HEADERS, CLAUDE_GW_CLAUDE_COMMAND }
  const { stderr, exitCode } = await runIn(home, ['-p', 'x'], { env })
  expect(stderr).toContain(
    `CLAUDE_GW_HEADERS: the header \`${name}\` would be a second credential beside env:UPSTREAM_KEY`,
  )
  expect(stderr).toContain(`\`${auth}\``)
  expect(exitCode).toBe(3)
})

test('what sends no requests gets the environment as it is, but for what is secret of ours', async () => {
  const home = openHome()
  const CLAUDE_GW_CLAUDE_COMMAND = installProgram(home, 'show.mjs')
  const given = { ...NOWHERE, CLAUDE_GW_CLAUDE_COMMAND, ANTHROPIC_API_KEY: 'k' }
  const secret = { CLAUDE_GW_CREDENTIAL: 'env:OURS', OURS: 'key', CLAUDE_GW_HEADERS: '{"X-Team": "t"}' }
  const { stdout } = await runIn(home, ['mcp', 'list'], { env: { ...given, ...secret } })
  const { OURS, CLAUDE_GW_HEADERS, ...kept } = secret
  expect(JSON.parse(stdout).env).toEqual({ PATH: process.env['PATH'], ...home.env, ...given, ...kept })
})

async function childEnv(env: Record<string, string> = {}, home: Home = openHome()) {
  const CLAUDE_GW_CLAUDE_COMMAND = installProgram(home, 'show.mjs')
  const result = await runIn(home, [], { env: { ...NOWHERE, ...env, CLAUDE_GW_CLAUDE_COMMAND } })
  expect(result.stderr).toBe('')
  return JSON.parse(result.stdout).env as Record<string, string>
}
