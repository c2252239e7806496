import { isJsonObject } from '../json/object.ts'
import { NEWLINE } from './day-file.ts'
import type { LedgerRecord } from './ledger.ts'
import { listMonthFiles } from './ledger-files.ts'
import { linesOf } from './lines.ts'
import { blocksBackward } from './reader.ts'

/**
 * What the ledger has of a session, newest first; its subagents have the same id. Stops where everything before was
 * appended before `sinceMs`, so that a young session costs the same in a ledger of any size.
 * @throws GatewayError LOG_UNREADABLE
 */
export function* ledgerOfSession(
  directory: string,
  sessionId: string,
  sinceMs?: number,
): Generator<LedgerRecord> {
  const clue = { bytes: Buffer.from(`"session_id":${JSON.stringify(sessionId)}`) }
  for (const path of listMonthFiles(directory, sinceMs).toReversed()) {
    for (const block of blocksBackward(path)) {
      for (const line of [...linesOf(block, [[clue]])].reverse()) yield* parsed(line)
      if (sinceMs !== undefined && appendedMs(block) < sinceMs) return
    }
  }
}

/** Whoever uses a field looks at its type: others may write there too. */
function* parsed(line: Buffer): Generator<LedgerRecord> {
  try {
    const value: unknown = JSON.parse(line.toString())
    if (isJsonObject(value) && value['v'] === 1) yield value as unknown as LedgerRecord
  } catch {
    // Torn by a crash, or cut by a full disk.
  }
}

/** When the first line of a block was written: at the end of its exchange. NaN if that is not known. */
function appendedMs(block: Buffer): number {
  const end = block.indexOf(NEWLINE)
  const [first] = parsed(end === -1 ? block : block.subarray(0, end))
  return Date.parse(String(first?.ts)) + Number(first?.duration_ms)
}
