/** A stretch of UTC time whose lines stand in one file. */
export interface Period {
  /** Of its file, without the ending. */
  readonly name: string
  readonly startMs: number
  /** Where the next one begins. */
  readonly endMs: number
}

export function dayAt(timeMs: number): Period {
  return periodOf(timeMs, 10, (start) => start.setUTCDate(start.getUTCDate() + 1))
}

export function monthAt(timeMs: number): Period {
  return periodOf(timeMs, 7, (start) => start.setUTCMonth(start.getUTCMonth() + 1))
}

/** @param length how much of `2026-11-20` names the period */
function periodOf(timeMs: number, length: number, toNext: (start: Date) => number): Period {
  const name = new Date(timeMs).toISOString().slice(0, length)
  const startMs = Date.parse(name)
  return { name, startMs, endMs: toNext(new Date(startMs)) }
}
