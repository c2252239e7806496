import { setTimeout as delay } from 'node:timers/promises'
import { messagesBody, pacedExchange } from './exchange.mjs'
import { ratioFigure } from './figure.mjs'
import { inRounds, scaled } from './rounds.mjs'
import { quantile } from './statistics.mjs'

const STREAMS = 200
const PAUSE_MS = 100
const EVENTS = 25
const ROUNDS = 4

/** The same event delay while 200 streams are open. */
export async function pacedStreams(routes, share) {
  const body = messagesBody(10_000)
  const events = scaled(EVENTS, share, 5)
  const samples = await inRounds(routes, scaled(ROUNDS, share), async (route) => {
    const stream = async (_, index) => {
      await delay((index / STREAMS) * PAUSE_MS)
      return pacedExchange(route, `events=${events}&pauseMs=${PAUSE_MS}`, body)
    }
    return (await Promise.all(Array.from({ length: STREAMS }, stream))).flat()
  })
  const figure = (name, q) =>
    ratioFigure(`streams ${name}`, `event delay ${name}, ${STREAMS} streams`, 'ms', samples, (rounds) =>
      quantile(rounds.flat(), q),
    )
  return [figure('p50', 0.5), figure('p95', 0.95)]
}
