import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import type { Home } from '../support/claude-run.ts'
import { recordsOf, runIn, writeSettings } from '../support/claude-run.ts'
import { openClaudeHome, startMessagesUpstream } from './real-claude.ts'

const OAUTH_TOKEN = 'sk-ant-oat01-of-no-one-0123456789'

test.each(['auto', 'passthrough'])(
  'with `credential: %s` the saved login goes upstream untouched',
  async (credential) => {
    const { home, upstream, result } = await runLoggedIn(openSubscriber(), credential)
    expect(result).toMatchObject({ exitCode: 0, stdout: 'Hello from upstream\n', stderr: '' })
    const [request] = upstream.messages()
    expect(request?.target).toBe('/v1/messages?beta=true')
    expect(request?.values('authorization')).toEqual([`Bearer ${OAUTH_TOKEN}`])
    expect(request?.values('anthropic-beta').join()).toContain('oauth-2025-04-20')
    expect(JSON.stringify(recordsOf(home))).not.toContain(OAUTH_TOKEN)
  },
)

test('user settings that name another address do not lead the login there', async () => {
  const home = openSubscriber()
  const elsewhere = await startMessagesUpstream()
  writeSettings(home, 'user', { env: { ANTHROPIC_BASE_URL: elsewhere.url } })
  const { upstream, result } = await runLoggedIn(home, 'passthrough')
  expect(result).toMatchObject({ exitCode: 0, stdout: 'Hello from upstream\n' })
  expect(upstream.messages()[0]?.values('authorization')).toEqual([`Bearer ${OAUTH_TOKEN}`])
  expect(elsewhere.acceptedConnections()).toBe(0)
})

test('an API key of the environment moves a subscriber to paid billing only with -p', async () => {
  const { upstream } = await runLoggedIn(openSubscriber(), 'auto', { ANTHROPIC_API_KEY: 'sk-ant-api03-paid' })
  expect(upstream.messages()[0]?.values('authorization')).toEqual([])
  expect(upstream.messages()[0]?.values('x-api-key')).toEqual(['sk-ant-api03-paid'])
})

test('a text at the start of the system prompt leaves what the API wants to read first of a subscriber', async () => {
  const plain = await runLoggedIn(openSubscriber(), 'passthrough')
  const rules = { early: { text: 'You work for us.', at: 'system-start' } }
  const env = { CLAUDE_GW_POLICIES_DECORATORS: JSON.stringify(rules) }
  const { upstream } = await runLoggedIn(openSubscriber(), 'passthrough', env)
  const [before, now] = [plain.upstream, upstream].map(
    (one) => JSON.parse(String(one.messages()[0]?.body)).system,
  )
  expect(now.slice(0, 2)).toEqual(before.slice(0, 2))
  expect(now[0].text).toMatch(/^x-anthropic-billing-header/)
  expect(now[1].text).toMatch(/^You are /)
  expect(now[2]).toEqual({ type: 'text', text: 'You work for us.' })
  expect(now).toHaveLength(before.length + 1)
})

/** A home with a login that nobody ever made. */
function openSubscriber(): Home {
  const home = openClaudeHome()
  const claudeAiOauth = {
    accessToken: OAUTH_TOKEN,
    refreshToken: 'sk-ant-ort01-of-no-one',
    expiresAt: Date.now() + 86_400_000,
    scopes: ['user:inference', 'user:profile'],
    subscriptionType: 'max',
  }
  const path = join(home.claudeDirectory, '.credentials.json')
  writeFileSync(path, JSON.stringify({ claudeAiOauth }), { mode: 0o600 })
  return home
}

async function runLoggedIn(home: Home, credential: string, more: Record<string, string> = {}) {
  const upstream = await startMessagesUpstream()
  const env = {
    CLAUDE_GW_UPSTREAM: upstream.url,
    CLAUDE_GW_CREDENTIAL: credential,
    CLAUDE_GW_CLAUDE_COMMAND: inject('claudeCode').path,
    ...more,
  }
  return { home, upstream, result: await runIn(home, ['-p', 'hello'], { env }) }
}
