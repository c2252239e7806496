import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { UPSTREAM_SECRET, writeSettings } from '../support/claude-run.ts'
import { openClaudeHome, runDirect, runThrough, startMessagesUpstream } from './real-claude.ts'

const HELPER = `"${process.execPath}" "${resolve(import.meta.dirname, '../../bin/claude-gw.js')}" key`

test('`claude-gw key` is an apiKeyHelper for Claude Code alone', async () => {
  const { home, upstream } = await openHelped()
  const env = { ANTHROPIC_AUTH_TOKEN: '', CLAUDE_GW_CREDENTIAL: 'env:TEAM_KEY', TEAM_KEY: 'key-of-the-team' }
  const result = await runDirect(home, upstream.url, ['-p', 'hello'], { env })
  expect(result).toMatchObject({ exitCode: 0, stdout: 'Hello from upstream\n' })
  expect(upstream.messages()[0]?.values('x-api-key')).toEqual(['key-of-the-team'])
})

test('inside a run it does no harm, and the upstream sees the credential of the run', async () => {
  const { home, upstream } = await openHelped()
  const result = await runThrough(home, upstream.url, ['-p', 'hello'])
  expect(result).toEqual({ exitCode: 0, signal: null, stdout: 'Hello from upstream\n', stderr: '' })
  expect(upstream.messages()[0]?.values('authorization')).toEqual([`Bearer ${UPSTREAM_SECRET}`])
  expect(upstream.messages()[0]?.values('x-api-key')).toEqual([])
})

test('what Claude Code starts in a run gets the token of the run from it', async () => {
  const { home, upstream } = await openHelped()
  const command = `${HELPER} > "$HOME/key"`
  const hooks = { UserPromptSubmit: [{ hooks: [{ type: 'command', command }] }] }
  writeSettings(home, 'user', { hooks, env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' } })
  await runThrough(home, upstream.url, ['-p', 'hello'])
  expect(readFileSync(join(home.directory, 'key'), 'utf8')).toMatch(/^cgw-[\w-]{43}\n$/)
})

async function openHelped() {
  const home = openClaudeHome()
  writeSettings(home, 'user', { apiKeyHelper: HELPER })
  return { home, upstream: await startMessagesUpstream() }
}
