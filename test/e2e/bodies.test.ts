import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { eventsOf, messageOf } from '../../src/demo/message.ts'
import type { AnswerParts } from '../support/answer.ts'
import { answerOf } from '../support/answer.ts'
import type { Home } from '../support/claude-run.ts'
import { recordsOf, UPSTREAM_SECRET } from '../support/claude-run.ts'
import { runCli } from '../support/cli.ts'
import { answer } from '../support/faults.ts'
import { openClaudeHome, runThrough, startMessagesUpstream, textAnswer } from './real-claude.ts'

const PROGRAM = resolve(import.meta.dirname, '../../bin/claude-gw.js')
const FULL = { env: { CLAUDE_GW_LOG_LEVEL: 'full' } }

/** Lets Claude Code run a command. */
function toolAnswer(command: string): AnswerParts {
  const request = { model: 'claude-opus-4-8', messages: [] }
  const message = messageOf(
    { kind: 'tool', text: 'I will.', name: 'Bash', input: { command } },
    request,
    900,
    'tool',
  )
  const body = eventsOf(message).map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  return { ...textAnswer(''), body: body.join('') }
}

function compressed(parts: AnswerParts): AnswerParts {
  const { headers, body } = answerOf(parts)
  return { headers: [...headers, ['content-encoding', 'gzip']], body: gzipSync(body) }
}

/** What `logs show --raw` gives. */
async function rawBody(home: Home, id: string, side: string): Promise<Buffer> {
  const env = { PATH: process.env['PATH'], ...home.env }
  const args = [PROGRAM, 'logs', 'show', id, '--raw', side]
  return buffer(spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] }).stdout)
}

test('a session is kept as the upstream saw it, byte for byte, and shown as a conversation', async () => {
  const answers = [toolAnswer('echo kept-by-the-gateway'), compressed(textAnswer('It is done.'))]
  const upstream = await startMessagesUpstream(...answers.map((parts) => answer(parts)))
  const home = openClaudeHome()
  const args = ['-p', 'Please echo something.', '--allowedTools', 'Bash(echo:*)']
  const result = await runThrough(home, upstream.url, args, FULL)
  expect(result).toMatchObject({ exitCode: 0, stdout: 'It is done.\n', stderr: '' })
  const turns = recordsOf(home).filter(({ stream, request_bytes }) => stream && request_bytes > 5000)
  const sent = upstream.messages()
  expect(turns).toHaveLength(2)
  for (const [index, { id }] of turns.entries()) {
    expect((await rawBody(home, id, 'request')).equals(sent[index]?.body ?? Buffer.alloc(0))).toBe(true)
    expect((await rawBody(home, id, 'response')).equals(answerOf(answers[index]).body)).toBe(true)
  }
  const { stdout } = await runCli(['logs', 'show', turns[1]?.id ?? ''], { env: home.env })
  for (const text of [
    'Please echo something.',
    '→ Bash {"command":"echo kept-by-the-gateway"',
    '← result',
    'It is done.',
  ])
    expect(stdout).toContain(text)
  const found = await runCli(['logs', '--grep', 'It is done.', '--json'], { env: home.env })
  expect(
    found.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).id),
  ).toEqual([turns[1]?.id])
})

test('the key is in no kept body, though the model is told it and says it', async () => {
  const upstream = await startMessagesUpstream(answer(textAnswer(`Your key is ${UPSTREAM_SECRET}.`)))
  const home = openClaudeHome()
  const result = await runThrough(home, upstream.url, ['-p', `My key is ${UPSTREAM_SECRET}.`], FULL)
  expect(result.stdout).toContain(UPSTREAM_SECRET)
  const [turn] = recordsOf(home).filter(({ stream, request_bytes }) => stream && request_bytes > 5000)
  const request = String(await rawBody(home, turn?.id ?? '', 'request'))
  const response = String(await rawBody(home, turn?.id ?? '', 'response'))
  expect(request).toContain('My key is [redacted].')
  expect(request + response).not.toContain(UPSTREAM_SECRET)
  const { stdout } = await runCli(['logs', 'show', turn?.id ?? '', '--full'], { env: home.env })
  expect(stdout).toContain('Your key is [redacted]')
  expect(stdout).not.toContain(UPSTREAM_SECRET)
})
