/** A longer timer would fire at once (https://nodejs.org/api/timers.html). */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** Milliseconds of a duration such as `500ms`, `10s`, `5m`, `2h`, `7d`; undefined if the text is none. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)$/.exec(text.trim())
  if (!match) return undefined
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS]
}
