import { exchange, messagesBody } from './exchange.mjs'
import { ratioFigure } from './figure.mjs'
import { inRounds, scaled } from './rounds.mjs'
import { median, quantile } from './statistics.mjs'

const IN_FLIGHT = 64
const REQUESTS = 640
const ROUNDS = 12

/** Whole exchanges with 64 in flight all the time. */
export async function concurrent(routes, share) {
  const body = messagesBody(10_000)
  await inRounds(routes, 1, (route) => burst(route, body))
  const samples = await inRounds(routes, scaled(ROUNDS, share), (route) => burst(route, body))
  const label = (what) => `${IN_FLIGHT} at once, ${what}`
  const rate = (rounds) => median(rounds.map((round) => round.perSecond))
  const time = (q) => (rounds) =>
    quantile(
      rounds.flatMap((round) => round.timesMs),
      q,
    )
  return [
    ratioFigure('concurrent rate', label('exchanges'), '/s', samples, rate),
    ratioFigure('concurrent p50', label('time p50'), 'ms', samples, time(0.5)),
    ratioFigure('concurrent p99', label('time p99'), 'ms', samples, time(0.99)),
  ]
}

async function burst(route, body) {
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
