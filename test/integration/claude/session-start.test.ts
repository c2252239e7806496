import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { earliestStart } from '../../../src/claude/session-start.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const NOW = Date.parse('2026-11-28T12:00:00Z')
const SLACK_MS = 600_000

function transcript(text: string): string {
  const path = join(temporaryDirectory(), 'session.jsonl')
  writeFileSync(path, text)
  return path
}

function startOf(transcriptPath?: string, durationMs?: number): string | undefined {
  const input = {
    sessionId: 's',
    ...(transcriptPath !== undefined && { transcriptPath }),
    ...(durationMs !== undefined && { durationMs }),
  }
  const startMs = earliestStart(input, NOW)
  return startMs === undefined ? undefined : new Date(startMs + SLACK_MS).toISOString()
}

test('a resumed session began where its transcript does, not where the process did', () => {
  const lines = [
    '{"type":"mode"}',
    '{"timestamp":"2026-11-20T08:00:00.000Z"}',
    '{"timestamp":"2026-11-28T11:59:00Z"}',
  ]
  expect(startOf(transcript(lines.join('\n')), 60_000)).toBe('2026-11-20T08:00:00.000Z')
})

test('of a long transcript only the head is read', () => {
  const head = '{"timestamp":"2026-11-20T08:00:00.000Z"}\n'
  const early = '{"timestamp":"2026-01-01T00:00:00.000Z"}\n'
  expect(startOf(transcript(head.repeat(3000) + early))).toBe('2026-11-20T08:00:00.000Z')
})

test.each([
  ['without a transcript', undefined],
  ['before its first message', '/nonexistent/session.jsonl'],
  ['with a folder for a transcript', '/'],
])('%s it began when the process did', (_case, path) => {
  expect(startOf(path, 3_600_000)).toBe('2026-11-28T11:00:00.000Z')
  expect(startOf(path)).toBeUndefined()
})

test('a transcript of another kind says nothing', () => {
  expect(startOf(transcript('{"timestamp":12}\n{"time":"2026-11-20"}'))).toBeUndefined()
})
