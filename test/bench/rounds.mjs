/**
 * Measures every route once per round, in an order that changes, so that what disturbs the machine disturbs
 * all of them alike.
 * @returns what `measure` gave, one entry per round, by route
 */
export async function inRounds(routes, rounds, measure) {
  const samples = { direct: [], plain: [], gateway: [] }
  for (let round = 0; round < rounds; round += 1) {
    for (const name of shuffled(Object.keys(samples))) samples[name].push(await measure(routes[name]))
  }
  return samples
}

/** The same items in a random order. */
export function shuffled(list) {
  return list
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

/** How often to do a thing that a full run does `full` times. */
export function scaled(full, share, least = 3) {
  return Math.max(least, Math.round(full * share))
}
