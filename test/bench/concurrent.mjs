import { exchange, messagesBody } from './exchange.mjs'
import { ratioFigure } from './figure.mjs'
import { inRounds, scaled } from './rounds.mjs'
import { median, quantile } from './statistics.mjs'

const IN_FLIGHT = 64
const REQUESTS = 640
const ROUNDS = 20

/** Whole exchanges with 64 in flight all the time. */
export const concurrent = {
  measure: async (routes, share) => {
    await inRounds(routes, 2, burst)
    return inRounds(routes, scaled(ROUNDS, share), burst)
  },
  figures: (generations) => {
    const figure = (key, unit, statistic) =>
      ratioFigure(`concurrent ${key}`, `${IN_FLIGHT} at once, ${key}`, unit, generations, statistic)
    const time = (q) => (rounds) =>
      quantile(
        rounds.flatMap(({ timesMs }) => timesMs),
        q,
      )
    return [
      figure('exchanges', '/s', (rounds) => median(rounds.map(({ perSecond }) => perSecond))),
      figure('time p50', 'ms', time(0.5)),
      figure('time p99', 'ms', time(0.99)),
    ]
  },
}

async function burst(route) {
  const body = messagesBody(10_000)
  const timesMs = []
  let started = 0
  const worker = async () => {
    while (started < REQUESTS) {
      started += 1
      timesMs.push((await exchange(route, 'events=20', body)).totalMs)
    }
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
  return { timesMs, perSecond: timesMs.length / ((performance.now() - startedAt) / 1000) }
}
