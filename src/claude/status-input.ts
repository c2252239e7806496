import type { JsonObject } from '../json/object.ts'
import { isJsonObject } from '../json/object.ts'

/** What Claude Code tells the command of its status line on stdin (https://code.claude.com/docs/en/statusline). */
export interface StatusInput {
  readonly sessionId: string
  readonly transcriptPath?: string
  /** How long the session has been running, without the pauses before it was resumed. */
  readonly durationMs?: number
}

/** Undefined where it names no session. */
export function parseStatusInput(text: string): StatusInput | undefined {
  const input = parse(text)
  const sessionId = input['session_id']
  if (typeof sessionId !== 'string' || sessionId === '') return undefined
  const path = input['transcript_path']
  const cost = input['cost']
  const durationMs = isJsonObject(cost) ? cost['total_duration_ms'] : undefined
  return {
    sessionId,
    ...(typeof path === 'string' && { transcriptPath: path }),
    ...(typeof durationMs === 'number' && { durationMs }),
  }
}

function parse(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : {}
  } catch {
    return {}
  }
}
