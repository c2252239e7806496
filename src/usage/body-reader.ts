import type { Findings } from './fold.ts'

/** What reads the decoded bytes of one answer. Its methods throw where the bytes are not what they seemed. */
export interface BodyReader {
  readonly isStream: boolean
  readonly findings: Findings
  /** Arrival of the chunk with the first streamed content (monotonic ms). */
  readonly firstContentAtMs: number | undefined
  /** Why there is no usage; undefined where there should be none. */
  readonly missingReason: string | undefined
  push(bytes: Buffer, atMs: number): void
  end(): void
}
