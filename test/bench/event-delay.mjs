import { messagesBody, pacedExchange } from './exchange.mjs'
import { ratioFigure } from './figure.mjs'
import { inRounds, scaled } from './rounds.mjs'
import { quantile } from './statistics.mjs'

const ROUNDS = 20
const QUERY = 'events=100&pauseMs=5'

/** Time from the sending of an event to its arrival, on one stream at a time. */
export async function eventDelay(routes, share) {
  const body = messagesBody(10_000)
  const samples = await inRounds(routes, scaled(ROUNDS, share), (route) => pacedExchange(route, QUERY, body))
  const figure = (name, q) =>
    ratioFigure(`events ${name}`, `event delay ${name}`, 'ms', samples, (rounds) =>
      quantile(rounds.flat(), q),
    )
  return [figure('p50', 0.5), figure('p95', 0.95)]
}
