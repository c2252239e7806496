import { loadSource } from './compiled-source.mjs'
import { conversationBody } from './conversation.mjs'
import { parsesFigure } from './figure.mjs'
import { scaled } from './rounds.mjs'

const ROUNDS = 40
const BYTES = 2 * 1024 ** 2
const RULES = {
  brief: { text: 'Be very concise.' },
  place: { text: 'You work on {branch} of {repository}.', at: 'system-start' },
  mind: { text: 'Mind the tests.', at: 'user-turn' },
}

/** Time that texts for the system prompt and for each turn take over a request of 2 MB, over that of one JSON.parse of it in the same round. */
export const decorators = {
  measure: async (_, share) => {
    const decorate = await load()
    const body = conversationBody(BYTES)
    const text = body.toString()
    const times = { parse: [], decorate: [] }
    for (let round = 0; round < scaled(ROUNDS, share, 10); round += 1) {
      times.parse.push(timeOf(() => JSON.parse(text)))
      times.decorate.push(timeOf(() => decorate(body)))
    }
    return times
  },
  figures: (generations) => [
    parsesFigure(
      'decorators',
      'texts in a request of 2 MB, over JSON.parse',
      generations,
      'decorate',
      'parse',
    ),
  ],
}

async function load() {
  const [{ decoratorsPolicy }, { parseDecorators }, { splice }] = await Promise.all(
    ['policies/decorators/decorators-policy.js', 'config/decorator-parser.js', 'json/splice.js'].map(
      loadSource,
    ),
  )
  const values = {
    of: () => ({ repository: 'github.com/acme/shop', branch: 'main', user: 'anna', date: '2026-11-20' }),
  }
  const policy = decoratorsPolicy({ rules: parseDecorators(RULES), party: {}, values })
  return (body) => Buffer.concat(splice([body], policy.apply({ body, isEncoded: false }).edits))
}

function timeOf(work) {
  const startedAt = performance.now()
  work()
  return performance.now() - startedAt
}
