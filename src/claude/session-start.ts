import { closeSync, openSync, readSync, statSync } from 'node:fs'
import type { StatusInput } from './status-input.ts'

const HEAD_BYTES = 64 * 1024
const TIMESTAMP = /"timestamp":"(\d{4}-\d{2}-\d{2}T[\d:.]+Z)"/g
/** Longer than anything of a session comes before its first entry, or clocks are apart. */
const SLACK_MS = 600_000

/**
 * A moment before which there is nothing of a session, in Unix milliseconds: from the head of its transcript, which goes
 * on when it is resumed, else from how long it has been running. Undefined where neither is known.
 */
export function earliestStart(
  { transcriptPath, durationMs }: StatusInput,
  nowMs: number,
): number | undefined {
  const written = transcriptPath === undefined ? [] : timestampsIn(readHead(transcriptPath))
  const startMs =
    written.length > 0 ? Math.min(...written) : durationMs === undefined ? undefined : nowMs - durationMs
  return startMs === undefined ? undefined : startMs - SLACK_MS
}

/** Those of copied entries too, if the session was forked off another: then we look back further than needed. */
function timestampsIn(text: string): number[] {
  return [...text.matchAll(TIMESTAMP)].map(([, moment = '']) => Date.parse(moment)).filter(Number.isFinite)
}

function readHead(path: string): string {
  try {
    if (!statSync(path).isFile()) return ''
    const fd = openSync(path, 'r')
    try {
      const head = Buffer.alloc(HEAD_BYTES)
      return head.toString('utf8', 0, readSync(fd, head, 0, HEAD_BYTES, 0))
    } finally {
      closeSync(fd)
    }
  } catch {
    // There is none before the first message.
    return ''
  }
}
