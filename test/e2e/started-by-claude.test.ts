import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { eventsOf, messageOf } from '../../src/demo/message.ts'
import type { MessagesRequest, Scene } from '../../src/demo/script.ts'
import { recordsOf, UPSTREAM_SECRET, writeSettings } from '../support/claude-run.ts'
import type { Fault } from '../support/fault-upstream.ts'
import { answer } from '../support/faults.ts'
import { openClaudeHome, runThrough, startMessagesUpstream, textAnswer } from './real-claude.ts'

const NESTED = `"${process.execPath}" "${resolve(import.meta.dirname, '../../bin/claude-gw.js')}" run -p inner`

test.each([
  ['plain', {}],
  ['diverting', { env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' } }],
])('with %s settings, a run that Claude Code starts in a run uses its gateway', async (_case, settings) => {
  const home = openClaudeHome()
  writeSettings(home, 'user', settings)
  const upstream = await startMessagesUpstream(
    tool('Bash', { command: NESTED, description: 'ask another one' }),
    answer(textAnswer('Hello from the inner one')),
    answer(textAnswer('Done')),
  )
  const result = await runThrough(home, upstream.url, ['-p', 'outer', '--allowedTools', 'Bash'])
  expect(result).toMatchObject({ exitCode: 0, stdout: 'Done\n' })
  expect(upstream.messages()).toHaveLength(3)
  expect(String(upstream.messages()[2]?.body)).toContain('Hello from the inner one')
  for (const request of upstream.messages()) {
    expect(request.values('authorization')).toEqual([`Bearer ${UPSTREAM_SECRET}`])
  }
  const records = recordsOf(home)
  expect(new Set(records.map((record) => record.run_id)).size).toBe(1)
  expect(new Set(records.map((record) => record.session_id)).size).toBe(2)
})

test('a subagent asks with the model that user settings choose for it, and its record names it', async () => {
  const home = openClaudeHome()
  const elsewhere = { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' }
  writeSettings(home, 'user', { env: { CLAUDE_CODE_SUBAGENT_MODEL: 'claude-of-agents', ...elsewhere } })
  const input = { description: 'look', prompt: 'look around', subagent_type: 'general-purpose' }
  const upstream = await startMessagesUpstream(
    tool('Agent', { ...input, run_in_background: false }),
    answer(textAnswer('Hello from the agent')),
    answer(textAnswer('Done')),
  )
  const result = await runThrough(home, upstream.url, ['-p', 'outer'])
  expect(result).toMatchObject({ exitCode: 0, stdout: 'Done\n' })
  const [main, agent] = recordsOf(home)
  expect(main).not.toHaveProperty('agent_id')
  expect(agent).toMatchObject({ model: 'claude-of-agents', session_id: main?.session_id })
  expect(agent?.agent_id).toMatch(/./)
})

function tool(name: string, input: object): Fault {
  const scene: Scene = { kind: 'tool', text: 'I will do that.', name, input }
  const message = messageOf(
    scene,
    { model: 'claude-opus-4-8', messages: [] } satisfies MessagesRequest,
    900,
    'tool',
  )
  const body = eventsOf(message).map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  return answer({ ...textAnswer(''), body: body.join('') })
}
