import { exchange, messagesBody } from './exchange.mjs'
import { addedFigure } from './figure.mjs'
import { inRounds, scaled } from './rounds.mjs'

/** Time from the request to the first byte of the answer, at the sizes that Claude Code sends. */
export const firstByteOfCommon = part('85 kB', 85_000, 4000, 300)
export const firstByteOfLarge = part('2 MB', 2_000_000, 750, 100)

function part(name, bytes, rounds, warmUpRounds) {
  const body = messagesBody(bytes)
  const measure = async (route) => (await exchange(route, 'events=20', body)).firstByteMs
  return {
    measure: async (routes, share) => {
      await inRounds(routes, warmUpRounds, measure)
      return inRounds(routes, scaled(rounds, share), measure)
    },
    figures: (generations) => [
      addedFigure(`first-byte ${name}`, `time to first byte, ${name} request`, 'ms', generations),
    ],
  }
}
