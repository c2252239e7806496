import { join } from 'node:path'
import { expect, test } from 'vitest'
import { installProgram, openHome, runIn, upstreamEnv, writeSettings } from '../support/claude-run.ts'

const NOWHERE = upstreamEnv('http://127.0.0.1:9')

test('answers in the transcripts, but no request: the run says so at its end', async () => {
  const { result, transcript } = await runWithTranscript(answerEntry())
  expect(result).toMatchObject({ exitCode: 0, stdout: '' })
  expect(result.stderr).toContain(transcript)
  expect(result.stderr).toContain('none came through claude-gw')
})

test.each([
  [
    'an error that Claude Code wrote itself',
    { message: { model: '<synthetic>', usage: { output_tokens: 0 } } },
  ],
  ['what the user said', { type: 'user' }],
  ['an answer of another folder', { cwd: '/elsewhere' }],
  ['an answer from before', { timestamp: '2026-01-01T00:00:00.000Z' }],
])('%s is no proof', async (_case, changes) => {
  const { result } = await runWithTranscript({ ...answerEntry(), ...changes })
  expect(result.stderr).toBe('')
})

test('with --quiet, or where no requests are sent, nothing is said', async () => {
  expect((await runWithTranscript(answerEntry(), ['x'], ['--quiet'])).result.stderr).toBe('')
  expect((await runWithTranscript(answerEntry(), ['mcp', 'list'])).result.stderr).toBe('')
})

test('settings that were kept from leading away are not blamed', async () => {
  const home = openHome()
  writeSettings(home, 'user', { env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' } })
  const CLAUDE_GW_CLAUDE_COMMAND = installProgram(home, 'exec.sh')
  const result = await runIn(home, ['true'], { env: { ...NOWHERE, CLAUDE_GW_CLAUDE_COMMAND } })
  expect(result).toMatchObject({ exitCode: 0, stderr: '' })
})

function answerEntry() {
  const message = { model: 'claude-opus-4-8', usage: { input_tokens: 3, output_tokens: 5 } }
  return { type: 'assistant', sessionId: 's-1', message }
}

/** A run whose child sends nothing, and leaves one entry in a transcript. */
async function runWithTranscript(entry: object, args = ['x'], options: readonly string[] = []) {
  const home = openHome()
  const env = {
    ...NOWHERE,
    CLAUDE_GW_CLAUDE_COMMAND: installProgram(home, 'remember.mjs'),
    TRANSCRIPT_ENTRY: JSON.stringify(entry),
  }
  const transcript = join(home.claudeDirectory, 'projects', 'p', 'session.jsonl')
  return { transcript, result: await runIn(home, args, { env, options }) }
}
