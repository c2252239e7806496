import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findLeaks, plainCanaries, randomCanaries } from '../support/canaries.ts'
import type { Home } from '../support/claude-run.ts'
import { writeSettings } from '../support/claude-run.ts'
import { runCli } from '../support/cli.ts'
import { initRepository, projectFile, userFile, writeFile } from '../support/configured.ts'
import { openHomeWithClaude } from '../support/local-examination.ts'

const PLAIN = plainCanaries('key', 'header', 'literal header', 'proxy password', 'auth token', 'saved login')
const LOTS = randomCanaries('helper argument', 'query of an address', 'node option', 'project value')
const PLANTED = { ...PLAIN, ...LOTS }

/** A machine with secrets wherever there can be some. */
function plant(home: Home): Readonly<Record<string, string>> {
  writeSettings(home, 'user', {
    env: { ANTHROPIC_BASE_URL: `https://gateway.example/?key=${LOTS['query of an address']}` },
    apiKeyHelper: `print-key --password ${LOTS['helper argument']}`,
  })
  writeSettings(home, 'local', {
    env: {
      ANTHROPIC_AUTH_TOKEN: PLAIN['auth token'],
      ANTHROPIC_BASE_URL: `https://me:${PLAIN['auth token']}@elsewhere.example`,
    },
  })
  writeFile(join(home.claudeDirectory, '.credentials.json'), { token: PLAIN['saved login'] })
  initRepository(home.project)
  writeFile(projectFile(home), { headers: { 'x-project': LOTS['project value'] } })
  const preload = writeFile(join(home.directory, 'preload.cjs'), '')
  return {
    HTTPS_PROXY: `http://me:${encodeURIComponent(PLAIN['proxy password'])}@proxy.example`,
    NODE_OPTIONS: `--require ${preload} --title=${LOTS['node option']}`,
    CLAUDE_GW_HEADERS: JSON.stringify({ 'x-key': 'env:HEADER_KEY', 'x-other': PLAIN['literal header'] }),
    HEADER_KEY: PLAIN.header,
    CLAUDE_GW_UPSTREAM: 'https://gateway.example',
  }
}

function keyFile(home: Home): Readonly<Record<string, string>> {
  const path = writeFile(join(home.directory, 'key'), PLAIN.key)
  chmodSync(path, 0o600)
  return { CLAUDE_GW_CREDENTIAL: `file:${path}` }
}

test.each<[string, (home: Home) => Readonly<Record<string, string>>]>([
  ['a credential that is found', keyFile],
  ['a command that fails', () => ({ CLAUDE_GW_CREDENTIAL: `command:false --password ${PLAIN.key}` })],
  ['a secret in place of a reference', () => ({ CLAUDE_GW_CREDENTIAL: PLAIN.key })],
  ['a configuration that is broken', () => ({ CLAUDE_GW_CREDENTIAL: PLAIN.key, CLAUDE_GW_LOG_LEVEL: 'x' })],
])('no secret is told, with %s', async (_case, credential) => {
  const home = openHomeWithClaude()
  const env = { ...home.env, ...plant(home), ...credential(home) }
  const run = (...args: string[]) => runCli(['doctor', '--offline', ...args], { env, cwd: home.project })
  const [page, json] = [await run(), await run('--json', '--verbose')]
  expect(page.stdout).toContain('NODE_OPTIONS has --require')
  expect(page.stdout).toContain('env.ANTHROPIC_AUTH_TOKEN in')
  expect(JSON.parse(json.stdout).checks.length).toBeGreaterThan(30)
  const places = { page: page.stdout + page.stderr, json: json.stdout + json.stderr }
  expect(findLeaks(places, PLANTED)).toEqual([])
})

test('a literal secret in the user’s file is a failure, and is not shown', async () => {
  const home = openHomeWithClaude()
  writeFile(userFile(home), { credential: 'sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789-canary' })
  const { stdout, exitCode } = await runCli(['doctor', '--offline'], { env: home.env, cwd: home.project })
  expect(stdout).toContain(`${userFile(home)}:2: \`credential\` must be`)
  expect(stdout).not.toContain('canary')
  expect(exitCode).toBe(1)
})
