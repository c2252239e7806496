import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, inject, onTestFinished, test } from 'vitest'
import type { Home } from '../support/claude-run.ts'
import { recordsOf, UPSTREAM_SECRET, upstreamEnv, writeSettings } from '../support/claude-run.ts'
import { startServe } from '../support/serve.ts'
import { openClaudeHome, runThrough, startMessagesUpstream } from './real-claude.ts'

const WAIT = { timeout: 60_000, interval: 200 }

test.each([
  ['plain', {}],
  ['diverting', { env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' } }],
])('with %s settings, background sessions go through `serve`, one after another', async (_case, settings) => {
  const home = openClaudeHome()
  onTestFinished(() => stopService(home))
  writeSettings(home, 'user', settings)
  const upstream = await startMessagesUpstream()
  await startServe({ env: { ...home.env, ...upstreamEnv(upstream.url) } })
  for (const count of [1, 2]) {
    const started = await runThrough(home, upstream.url, ['--bg', `hello ${count}`])
    expect(started).toMatchObject({ exitCode: 0 })
    await expect.poll(() => sessionsOf(home), WAIT).toBe(count)
  }
  for (const request of upstream.messages())
    expect(request.values('authorization')).toEqual([`Bearer ${UPSTREAM_SECRET}`])
  expect(new Set(recordsOf(home).map((record) => record.run_id)).size).toBe(1)
})

/** Sessions that have asked, by the records of the gateway. */
function sessionsOf(home: Home): number {
  if (!existsSync(join(home.state, 'traffic'))) return 0
  return new Set(recordsOf(home).map((record) => record.session_id)).size
}

/** Its processes write to their folder for some moments more. */
async function stopService(home: Home): Promise<void> {
  const env = { PATH: process.env['PATH'], ...home.env }
  const options = { env, stdio: 'ignore', cwd: home.project } as const
  execFileSync(inject('claudeCode').path, ['daemon', 'stop', '--any'], options)
  await delay(3_000)
}
