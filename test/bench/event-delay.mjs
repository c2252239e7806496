import { messagesBody, pacedExchange } from './exchange.mjs'
import { ratioFigure } from './figure.mjs'
import { inRounds, scaled } from './rounds.mjs'
import { quantile } from './statistics.mjs'

const ROUNDS = 40
const QUERY = 'events=50&pauseMs=5'

/** Time from the sending of an event to its arrival, on one stream at a time. */
export const eventDelay = {
  measure: async (routes, share) => {
    const body = messagesBody(10_000)
    const measure = (route) => pacedExchange(route, QUERY, body)
    await inRounds(routes, 1, measure)
    return inRounds(routes, scaled(ROUNDS, share, 2), measure)
  },
  figures: (generations) => [
    ratioFigure('events p50', 'event delay p50', 'ms', generations, (rounds) => quantile(rounds.flat(), 0.5)),
    ratioFigure('events p95', 'event delay p95', 'ms', generations, (rounds) =>
      quantile(rounds.flat(), 0.95),
    ),
  ],
}
