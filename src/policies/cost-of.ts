const TIMES = 3
const ENOUGH_MS = 500

/** What a search takes, in milliseconds: the shortest of three times, or fewer where they take long. */
export function costOf(search: () => unknown): number {
  const startMs = performance.now()
  let shortest = Number.POSITIVE_INFINITY
  for (let time = 0; time < TIMES && performance.now() - startMs < ENOUGH_MS; time++) {
    const beginMs = performance.now()
    search()
    shortest = Math.min(shortest, performance.now() - beginMs)
  }
  return shortest
}
