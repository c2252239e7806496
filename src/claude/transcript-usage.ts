import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { KIND } from '../json/field-kind.ts'
import { FieldReader } from '../json/field-reader.ts'

/** What Claude Code wrote down of one answer. */
export interface TranscriptAnswer {
  /** When its first part was written, Unix milliseconds. */
  readonly atMs: number
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
}

const WANTED = {
  type: true,
  sessionId: true,
  timestamp: true,
  requestId: true,
  message: {
    id: true,
    model: true,
    usage: {
      input_tokens: true,
      output_tokens: true,
      cache_read_input_tokens: true,
      cache_creation_input_tokens: true,
    },
  },
} as const

const ASSISTANT = Buffer.from('assistant')
/** What Claude Code says itself, such as errors, is by this model. */
const SYNTHETIC = Buffer.from('<synthetic>')
const NEEDLE = Buffer.from('"assistant"')
const NEWLINE = 0x0a

/**
 * The answers in Claude Code's own transcripts, `<config directory>/projects/**\/*.jsonl`, by session; those of subagents,
 * which have files of their own, belong to their session. An answer stands there once for each of its parts, with the same
 * message and request id: the last one counts (2.1.329). A file that cannot be read is left out.
 */
export function readTranscriptUsage(
  configDirectory: string,
  { sessionIds, sinceMs }: { readonly sessionIds: ReadonlySet<string>; readonly sinceMs: number },
): ReadonlyMap<string, readonly TranscriptAnswer[]> {
  const sessions = new Map<string, Map<string, TranscriptAnswer>>()
  const reader = new FieldReader(WANTED)
  for (const path of transcriptsChangedSince(configDirectory, sinceMs)) {
    for (const line of assistantLines(readQuietly(path))) {
      if (!reader.read(line, 0, line.length)) continue
      addAnswer(sessions, reader, sessionIds)
    }
  }
  return new Map([...sessions].map(([id, answers]) => [id, [...answers.values()]]))
}

function transcriptsChangedSince(configDirectory: string, sinceMs: number): readonly string[] {
  const projects = join(configDirectory, 'projects')
  try {
    return readdirSync(projects, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => join(projects, name))
      .filter((path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= sinceMs)
  } catch {
    return []
  }
}

function readQuietly(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    return Buffer.alloc(0)
  }
}

/** The lines that may be answers; most of the bytes are in others. */
function* assistantLines(bytes: Buffer): Generator<Buffer> {
  for (let found = bytes.indexOf(NEEDLE); found !== -1; ) {
    const start = bytes.lastIndexOf(NEWLINE, found) + 1
    const newline = bytes.indexOf(NEWLINE, found)
    const end = newline === -1 ? bytes.length : newline
    yield bytes.subarray(start, end)
    found = bytes.indexOf(NEEDLE, end)
  }
}

function addAnswer(
  sessions: Map<string, Map<string, TranscriptAnswer>>,
  reader: FieldReader,
  sessionIds: ReadonlySet<string>,
): void {
  const slot = (path: string) => reader.slots.get(path) ?? -1
  const text = (path: string) => (reader.kind(slot(path)) === KIND.string ? reader.text(slot(path)) : '')
  const count = (path: string) => (reader.kind(slot(path)) === KIND.number ? reader.number(slot(path)) : 0)
  const sessionId = text('sessionId')
  if (!sessionIds.has(sessionId) || !reader.isText(slot('type'), ASSISTANT)) return
  if (reader.kind(slot('message.usage')) !== KIND.object) return
  if (reader.isText(slot('message.model'), SYNTHETIC)) return
  const answers = sessions.get(sessionId) ?? new Map<string, TranscriptAnswer>()
  sessions.set(sessionId, answers)
  const key = JSON.stringify([text('message.id'), text('requestId')])
  answers.set(key, {
    atMs: answers.get(key)?.atMs ?? Date.parse(text('timestamp')),
    input: count('message.usage.input_tokens'),
    output: count('message.usage.output_tokens'),
    cacheRead: count('message.usage.cache_read_input_tokens'),
    cacheWrite: count('message.usage.cache_creation_input_tokens'),
  })
}
