import { setTimeout as delay } from 'node:timers/promises'
import { messagesBody, pacedExchange } from './exchange.mjs'
import { ratioFigure } from './figure.mjs'
import { inRounds, scaled } from './rounds.mjs'
import { quantile } from './statistics.mjs'

const STREAMS = 200
const PAUSE_MS = 100
const EVENTS = 10
const ROUNDS = 10

/** The same event delay while 200 streams are open. */
export const pacedStreams = {
  measure: (routes, share) => inRounds(routes, scaled(ROUNDS, share, 1), allStreams),
  figures: (generations) => {
    const figure = (name, q) =>
      ratioFigure(`streams ${name}`, `event delay ${name}, ${STREAMS} streams`, 'ms', generations, (rounds) =>
        quantile(rounds.flat(), q),
      )
    return [figure('p50', 0.5), figure('p95', 0.95)]
  },
}

async function allStreams(route) {
  const body = messagesBody(10_000)
  const stream = async (_, index) => {
    await delay((index / STREAMS) * PAUSE_MS)
    return pacedExchange(route, `events=${EVENTS}&pauseMs=${PAUSE_MS}`, body)
  }
  return (await Promise.all(Array.from({ length: STREAMS }, stream))).flat()
}
