import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { findTranscriptEvidence } from '../../../src/claude/transcripts.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const START = Date.now() - 60_000
const LATER = new Date(START + 1).toISOString()
const EARLIER = new Date(START - 1).toISOString()

test('an answer with usage is evidence, with its session and file', () => {
  const { configDirectory, file } = createTranscript([entry()])
  expect(find(configDirectory)).toEqual({ sessionId: 'session-1', file })
})

test('the transcript of a subagent lies deeper', () => {
  const { configDirectory, file } = createTranscript([entry()], 'projects/-srv/session-1/subagents/a.jsonl')
  expect(find(configDirectory)?.file).toBe(file)
})

test('where the folder is known, only its transcripts and those below it are looked at', () => {
  const { configDirectory } = createTranscript([entry()], 'projects/-other/session-1.jsonl')
  expect(find(configDirectory)).toBeDefined()
  mkdirSync(join(configDirectory, 'projects', '-srv'))
  expect(find(configDirectory)).toBeUndefined()
})

test('the transcript of a worktree lies in a folder of its own', () => {
  const worktree = '/srv/.claude/srvtrees/a'
  const path = 'projects/-srv--claude-worktrees-a/session-1.jsonl'
  const { configDirectory, file } = createTranscript([entry({ cwd: worktree })], path)
  mkdirSync(join(configDirectory, 'projects', '-srv'))
  expect(find(configDirectory)?.file).toBe(file)
})

test('the name of a long path is cut, and ends with a hash', () => {
  const cwd = `/srv/${'ä'.repeat(250)}`
  const path = `projects/${'-srv-'.padEnd(200, '-')}-1a2b3c/session-1.jsonl`
  const { configDirectory, file } = createTranscript([entry({ cwd })], path)
  const other = join(configDirectory, 'projects', '-other')
  mkdirSync(other)
  writeFileSync(join(other, 'session-2.jsonl'), `${entry({ cwd })}\n`)
  expect(find(configDirectory, { cwd })?.file).toBe(file)
})

test('an answer may be behind a cut line and before other entries', () => {
  const filling = JSON.stringify({ type: 'user', text: 'x'.repeat(1024 ** 2) })
  const { configDirectory } = createTranscript([filling, entry(), JSON.stringify({ type: 'system' })])
  expect(find(configDirectory)).toBeDefined()
})

test('a session that went into a folder below is ours', () => {
  const { configDirectory } = createTranscript([entry({ cwd: '/srv/sub' })])
  expect(find(configDirectory)).toBeDefined()
})

test.each([
  { what: 'an older answer', line: entry({ timestamp: EARLIER }) },
  { what: 'an answer in another folder', line: entry({ cwd: '/srvshop' }) },
  { what: 'a message that Claude Code made up', line: entry({}, { model: '<synthetic>' }) },
  { what: 'an answer without tokens', line: entry({}, { usage: { input_tokens: 0, output_tokens: 0 } }) },
  { what: 'an answer without usage', line: entry({}, { usage: undefined }) },
  { what: 'a prompt that quotes one', line: JSON.stringify({ type: 'user', message: entry() }) },
  { what: 'a cut line', line: entry().slice(0, -2) },
])('$what is no evidence', ({ line }) => {
  const { configDirectory } = createTranscript([line])
  expect(find(configDirectory)).toBeUndefined()
})

test('a file that was not changed since is not read', () => {
  const { configDirectory, file } = createTranscript([entry()])
  utimesSync(file, new Date(START - 1000), new Date(START - 1000))
  expect(find(configDirectory)).toBeUndefined()
})

test('a transcript from before counts only for a resumed session', () => {
  const { configDirectory } = createTranscript([entry({ timestamp: '2999-01-01T00:00:00Z' })])
  const future = { sinceMs: Date.now() + 60_000 }
  const file = join(configDirectory, 'projects', '-srv', 'session-1.jsonl')
  utimesSync(file, new Date('2999-01-01'), new Date('2999-01-01'))
  expect(find(configDirectory, future)).toBeUndefined()
  expect(find(configDirectory, { ...future, isResumed: true })).toBeDefined()
})

test('without transcripts there is nothing', () => {
  expect(find(temporaryDirectory())).toBeUndefined()
})

function find(
  configDirectory: string,
  changes: { cwd?: string; sinceMs?: number; isResumed?: boolean } = {},
) {
  return findTranscriptEvidence({
    configDirectory,
    cwd: '/srv',
    sinceMs: START,
    isResumed: false,
    ...changes,
  })
}

function createTranscript(lines: readonly string[], path = 'projects/-srv/session-1.jsonl') {
  const configDirectory = temporaryDirectory()
  const file = join(configDirectory, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${lines.join('\n')}\n`)
  return { configDirectory, file }
}

/** As Claude Code 2.1.329 writes it. */
function entry(changes: object = {}, message: object = {}): string {
  return JSON.stringify({
    isSidechain: false,
    message: {
      id: 'msg_1',
      role: 'assistant',
      model: 'claude-opus-5-5',
      content: [],
      usage: { input_tokens: 3, output_tokens: 5 },
      ...message,
    },
    type: 'assistant',
    timestamp: LATER,
    cwd: '/srv',
    sessionId: 'session-1',
    ...changes,
  })
}
