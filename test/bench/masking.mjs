import { conversationBody, nextBody } from './conversation.mjs'
import { parsesFigure } from './figure.mjs'
import { scaled } from './rounds.mjs'

const ROUNDS = 40
const BYTES = 2 * 1024 ** 2

/**
 * Time that masking takes over a request of 2 MB, over that of one JSON.parse of its text in the same round: `cold` for the first
 * request of a conversation, `next` for the one after it.
 */
export const masking = {
  measure: async (_, share) => {
    const { mask, splice } = await load()
    const body = conversationBody(BYTES)
    const next = nextBody(body)
    const texts = [body, next].map((bytes) => bytes.toString())
    const times = { parse: [], parseNext: [], cold: [], next: [] }
    for (let round = 0; round < scaled(ROUNDS, share, 10); round += 1) {
      const maskOne = mask()
      const send = (bytes) => splice([bytes], maskOne(bytes, 'session').edits)
      times.parse.push(timeOf(() => JSON.parse(texts[0])))
      times.cold.push(timeOf(() => send(body)))
      times.parseNext.push(timeOf(() => JSON.parse(texts[1])))
      times.next.push(timeOf(() => send(next)))
    }
    return times
  },
  figures: (generations) => [
    parsesFigure('mask cold', 'masking of 2 MB, over JSON.parse', generations, 'cold', 'parse'),
    parsesFigure('mask next', 'masking of the next turn, over the same', generations, 'next', 'parseNext'),
  ],
}

async function load() {
  const [{ createMasking }, { USUAL_DETECTORS }, { splice }] = await Promise.all(
    ['policies/mask/masking.js', 'policies/detect/detectors.js', 'json/splice.js'].map(
      (path) => import(new URL(`../../dist/${path}`, import.meta.url)),
    ),
  )
  const rules = USUAL_DETECTORS.map((detector) => ({ detector, action: 'mask' }))
  return { splice, mask: () => createMasking(rules, { key: Buffer.alloc(32, 1) }) }
}

function timeOf(work) {
  const startedAt = performance.now()
  work()
  return performance.now() - startedAt
}
