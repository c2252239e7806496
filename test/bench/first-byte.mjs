import { exchange, messagesBody } from './exchange.mjs'
import { addedFigure } from './figure.mjs'
import { inRounds, scaled } from './rounds.mjs'

const SIZES = [
  { name: '85 kB', bytes: 85_000, rounds: 4000 },
  { name: '2 MB', bytes: 2_000_000, rounds: 500 },
]
const WARM_UP_ROUNDS = 100

/** Time from the request to the first byte of the answer, at the sizes that Claude Code sends. */
export async function firstByte(routes, share) {
  const figures = []
  for (const { name, bytes, rounds } of SIZES) {
    const body = messagesBody(bytes)
    const measure = async (route) => (await exchange(route, 'events=20', body)).firstByteMs
    await inRounds(routes, scaled(WARM_UP_ROUNDS, share), measure)
    const samples = await inRounds(routes, scaled(rounds, share), measure)
    figures.push(addedFigure(`first-byte ${name}`, `time to first byte, ${name} request`, 'ms', samples))
  }
  return figures
}
