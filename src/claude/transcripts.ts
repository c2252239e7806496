import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { JsonObject } from '../json/object.ts'
import { isJsonObject } from '../json/object.ts'

/** An answer of the API that Claude Code wrote down. */
export interface TranscriptEvidence {
  readonly sessionId: string
  readonly file: string
}

export interface TranscriptQuery {
  readonly configDirectory: string
  /** Only sessions of this folder; others may be sessions that were started without us. */
  readonly cwd: string
  /** Milliseconds since the epoch. */
  readonly sinceMs: number
  /** Whether the session may go on with a transcript from before that time. */
  readonly isResumed: boolean
  /** Only this session; undefined for any. */
  readonly sessionId?: string | undefined
}

const TAIL_BYTES = 1024 ** 2
/** Claude Code cuts longer names of folders here, and adds a hash (2.1.197 and 2.1.329). */
const MAX_NAME_LENGTH = 200

/**
 * An assistant entry with usage that is newer than the given time, in the transcripts
 * `<config directory>/projects/**\/*.jsonl`; undefined if there is none. Reads the ends of files changed since then.
 */
export function findTranscriptEvidence(query: TranscriptQuery): TranscriptEvidence | undefined {
  for (const file of transcriptFiles(query)) {
    const entry = readTail(file).findLast((line) => isAnswer(line, query))
    if (entry) return { sessionId: String(entry['sessionId'] ?? ''), file }
  }
  return undefined
}

/** A birth time of 0 means that the file system does not know it. */
function transcriptFiles(query: TranscriptQuery): string[] {
  const { sinceMs, isResumed } = query
  return transcriptFolders(query)
    .flatMap((folder) => listFiles(folder, { recursive: true }).map((name) => join(folder, name)))
    .filter((file) => file.endsWith('.jsonl'))
    .filter((file) => {
      const stats = statSync(file, { throwIfNoEntry: false })
      if (!stats || stats.mtimeMs < sinceMs) return false
      return isResumed || stats.birthtimeMs === 0 || stats.birthtimeMs >= sinceMs
    })
}

/** Those of the folder and of what lies below it, as a worktree does; all where Claude Code has named it otherwise. */
function transcriptFolders({ configDirectory, cwd }: TranscriptQuery): string[] {
  const projects = join(configDirectory, 'projects')
  const names = listFiles(projects)
  const ownName = cwd.replace(/[^a-zA-Z0-9]/g, '-').slice(0, MAX_NAME_LENGTH)
  const own = names.filter((name) => name.startsWith(ownName))
  const isKnown = own.some((name) => name.length === ownName.length || ownName.length === MAX_NAME_LENGTH)
  return (isKnown ? own : names).map((name) => join(projects, name))
}

function listFiles(folder: string, { recursive = false } = {}): string[] {
  try {
    return readdirSync(folder, { recursive, encoding: 'utf8' })
  } catch {
    return []
  }
}

function readTail(file: string): JsonObject[] {
  try {
    const fd = openSync(file, 'r')
    try {
      const { size } = statSync(file)
      const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES))
      const bytes = readSync(fd, buffer, 0, buffer.length, size - buffer.length)
      return buffer.toString('utf8', 0, bytes).split('\n').flatMap(parseEntry)
    } finally {
      closeSync(fd)
    }
  } catch {
    return []
  }
}

/** The first line of a tail may be cut. */
function parseEntry(line: string): JsonObject[] {
  if (!line.includes('"assistant"')) return []
  try {
    const entry: unknown = JSON.parse(line)
    return isJsonObject(entry) ? [entry] : []
  } catch {
    return []
  }
}

/** Messages that Claude Code makes up itself, such as errors, have the model `<synthetic>` and no tokens. */
function isAnswer(entry: JsonObject, { cwd, sinceMs, sessionId }: TranscriptQuery): boolean {
  const message = entry['message']
  if (sessionId !== undefined && entry['sessionId'] !== sessionId) return false
  if (entry['type'] !== 'assistant' || !isJsonObject(message)) return false
  if (!isWithin(String(entry['cwd']), cwd)) return false
  if (!(Date.parse(String(entry['timestamp'])) >= sinceMs) || message['model'] === '<synthetic>') return false
  const usage = message['usage']
  return isJsonObject(usage) && Number(usage['input_tokens']) + Number(usage['output_tokens']) > 0
}

/** A session may have gone into a folder below. */
function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}
