import { exchange, messagesBody } from './exchange.mjs'
import { addedFigure } from './figure.mjs'
import { inRounds, scaled } from './rounds.mjs'

/** Two sizes that Claude Code sends: the first request of a session, and one of a long session with files. */
const COMMON = { size: '85 kB', bytes: 85_000, rounds: 1500, warmUpRounds: 150 }
const LARGE = { size: '2 MB', bytes: 2_000_000, rounds: 500, warmUpRounds: 75 }

/** From the request to the first byte of a stream that goes on a little later, as every stream does. */
const FIRST_BYTE = {
  key: 'first-byte',
  label: 'time to first byte',
  query: 'events=20&restAfterMs=2',
  field: 'firstByteMs',
}

/** From the request to the end of an answer that comes in one piece: what is done at the end delays it too. */
const WHOLE = { key: 'whole', label: 'time of a whole short answer', query: 'events=20', field: 'totalMs' }

export const firstByteParts = [part(FIRST_BYTE, COMMON), part(FIRST_BYTE, LARGE)]
export const wholeParts = [part(WHOLE, COMMON), part(WHOLE, LARGE)]

function part({ key, label, query, field }, { size, bytes, rounds, warmUpRounds }) {
  const body = messagesBody(bytes)
  const measure = async (route) => (await exchange(route, query, body))[field]
  return {
    measure: async (routes, share) => {
      await inRounds(routes, warmUpRounds, measure)
      return inRounds(routes, scaled(rounds, share), measure)
    },
    figures: (generations) => [addedFigure(`${key} ${size}`, `${label}, ${size} request`, 'ms', generations)],
  }
}
