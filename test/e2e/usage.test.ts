import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { DEMO_CREDENTIAL } from '../../src/demo/script.ts'
import { startDemoUpstream } from '../../src/demo/upstream.ts'
import type { Home } from '../support/claude-run.ts'
import { recordsOf } from '../support/claude-run.ts'
import { runCli } from '../support/cli.ts'
import { answer } from '../support/faults.ts'
import { openClaudeHome, runDirect, runThrough, startMessagesUpstream, textAnswer } from './real-claude.ts'

async function reconcile(home: Home) {
  const { stdout } = await runCli(['usage', '--reconcile', '--json'], { env: home.env })
  return JSON.parse(stdout).sessions
}

test('a session with a tool call has the same tokens in its transcript', async () => {
  const upstream = await startDemoUpstream(1)
  onTestFinished(upstream.close)
  const home = openClaudeHome()
  const args = ['-p', 'Please use the Bash tool to echo a greeting.', '--allowedTools', 'Bash(echo:*)']
  await runThrough(home, upstream.url, args, { env: { UPSTREAM_KEY: DEMO_CREDENTIAL } })
  const [record] = recordsOf(home)
  const [session, ...others] = await reconcile(home)
  expect(others).toEqual([])
  expect(session).toMatchObject({ session: record?.session_id, equal: true, ours: { answers: 2 } })
  expect(session.theirs).toEqual(session.ours)
  expect(session.ours.cache_read_input_tokens).toBeGreaterThan(0)
})

test('requests that failed and were sent again make no difference', async () => {
  const upstream = await startMessagesUpstream(answer({ status: 529 }), answer(textAnswer('At last')))
  const home = openClaudeHome()
  const { stdout } = await runThrough(home, upstream.url, ['-p', 'hello'])
  expect(stdout).toBe('At last\n')
  expect(recordsOf(home)).toHaveLength(2)
  expect(await reconcile(home)).toMatchObject([{ equal: true, ours: { answers: 1 } }])
})

test('of a session that began without the gateway, the answers before it are named', async () => {
  const upstream = await startDemoUpstream(1)
  onTestFinished(upstream.close)
  const home = openClaudeHome()
  const id = randomUUID()
  const env = { UPSTREAM_KEY: DEMO_CREDENTIAL, ANTHROPIC_AUTH_TOKEN: DEMO_CREDENTIAL }
  await runDirect(home, upstream.url, ['-p', 'hello', '--session-id', id], { env })
  // Times are compared by the second.
  await delay(1000)
  await runThrough(home, upstream.url, ['-p', 'again', '--resume', id], { env })
  expect(await reconcile(home)).toMatchObject([
    {
      session: id,
      equal: false,
      ours: { answers: 1 },
      theirs: { answers: 2 },
      difference: { answers: -1 },
      reason: '1 answer from before the gateway was in the path',
    },
  ])
})

test('of a session without a transcript that is said', async () => {
  const upstream = await startMessagesUpstream()
  const home = openClaudeHome()
  await runThrough(home, upstream.url, ['-p', 'hello', '--no-session-persistence'])
  expect(await reconcile(home)).toMatchObject([
    {
      theirs: null,
      difference: null,
      equal: false,
      reason: expect.stringMatching(/^there is no transcript/),
    },
  ])
})
