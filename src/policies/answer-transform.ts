import type { PolicyDecision } from '../exchange/exchange.ts'

/**
 * Rewrites the body of an answer while it comes, decoded. `push` gives what can be sent on already; `end` gives the
 * rest. What it gives in all is the answer with what had to change, and nothing else, changed.
 */
export interface AnswerTransform {
  push(chunk: Buffer): Buffer
  end(): Buffer
  /** Takes note that the answer is compressed in a way that cannot be read here. @returns whether it may pass as it is */
  passUnread?(): boolean
  /** What it came to, for the record, when the answer has ended. */
  decisions?(): readonly PolicyDecision[]
}
