import { LONGEST_TIMER_MS } from '../base/duration.ts'
import type { Values } from './schema.ts'

/** Claude Code's own limits: `API_TIMEOUT_MS` for an answer, and silence in a stream (its page "network-config"). */
const CLAUDE_ANSWER_MS = 600_000
const CLAUDE_SILENCE_MS = 300_000
const MARGIN_MS = 30_000

/** The time limits of a gateway. */
export interface Timeouts {
  readonly connectMs: number
  readonly firstByteMs: number
  readonly idleMs: number
}

/** How long connecting may take. */
export function connectLimit(values: Values): number {
  return Math.min(values['timeouts.connect'], LONGEST_TIMER_MS)
}

/** The time limits of the gateway, never below Claude Code's own, so that its timers fire first. */
export function resolveTimeouts(values: Values, apiTimeoutMs: string | undefined): Timeouts {
  const claudeAnswerMs = Number(apiTimeoutMs) || CLAUDE_ANSWER_MS
  const usualMs = Math.max(CLAUDE_ANSWER_MS, claudeAnswerMs) + MARGIN_MS
  const firstByteMs = values['timeouts.firstByte']
  const answerMs = firstByteMs === 0 ? usualMs : Math.max(firstByteMs, claudeAnswerMs + MARGIN_MS)
  const silenceMs = Math.max(values['timeouts.idle'], CLAUDE_SILENCE_MS + MARGIN_MS)
  return {
    connectMs: connectLimit(values),
    firstByteMs: Math.min(answerMs, LONGEST_TIMER_MS),
    idleMs: Math.min(silenceMs, LONGEST_TIMER_MS),
  }
}
