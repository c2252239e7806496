const RECORDS_PER_MINUTE = 10
const MINUTE_MS = 60_000

/** Says whether one more refusal may be recorded: ten in a minute. */
export function createRefusalLimit(nowMs: () => number = () => performance.now()): () => boolean {
  let windowStartMs = Number.NEGATIVE_INFINITY
  let count = 0
  return () => {
    if (nowMs() - windowStartMs >= MINUTE_MS) {
      windowStartMs = nowMs()
      count = 0
    }
    count += 1
    return count <= RECORDS_PER_MINUTE
  }
}
