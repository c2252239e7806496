import { exchange, messagesBody } from './exchange.mjs'
import { ratioFigure } from './figure.mjs'
import { cpuSeconds } from './program.mjs'
import { inRounds, scaled } from './rounds.mjs'
import { median } from './statistics.mjs'

const ROUNDS = 20
const MEGABYTE = 1024 * 1024

/** How fast one large answer comes through, and what it costs each process in CPU time. */
export const bulkEvents = part('SSE', `bulkBytes=${48 * MEGABYTE}`)
export const bulkBinary = part('binary', `binaryBytes=${96 * MEGABYTE}`)

function part(name, query) {
  return {
    measure: async (routes, share) => {
      await inRounds(routes, 1, (route) => oneAnswer(route, query))
      return inRounds(routes, scaled(ROUNDS, share), (route) => oneAnswer(route, query))
    },
    figures: (generations) => {
      const figure = (key, label, unit, field) =>
        ratioFigure(key, label, unit, generations, (rounds) => median(rounds.map((round) => round[field])))
      return [
        figure(`bulk ${name}`, `one large answer, ${name}`, 'MB/s', 'megabytesPerSecond'),
        figure(`bulk ${name} CPU`, `its CPU time per GB`, 's', 'cpuSecondsPerGigabyte'),
      ]
    },
  }
}

async function oneAnswer(route, query) {
  const cpuBefore = cpuSeconds(route.pid)
  const { bytes, totalMs } = await exchange(route, query, messagesBody(1000))
  const megabytes = bytes / MEGABYTE
  return {
    megabytesPerSecond: megabytes / (totalMs / 1000),
    cpuSecondsPerGigabyte: ((cpuSeconds(route.pid) - cpuBefore) / megabytes) * 1024,
  }
}
