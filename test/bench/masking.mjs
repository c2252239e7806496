import { loadSource } from './compiled-source.mjs'
import { conversationBody, nextBody } from './conversation.mjs'
import { parsesFigure } from './figure.mjs'
import { scaled } from './rounds.mjs'

const ROUNDS = 40
const BYTES = 2 * 1024 ** 2

const PATTERNS = ['EMP-[0-9]{6}', '(?i)confidential']

/** Masking with all that is on where nothing else is said. */
export const masking = part('mask', 'masking', async () => {
  const { USUAL_DETECTORS } = await loadSource('policies/detect/detectors.js')
  return maskWith(USUAL_DETECTORS)
})

/** Two patterns of the user's as detectors, and nothing else. */
export const patternMasking = part('pattern', 'two patterns of one’s own', async () => {
  const { patternDetector } = await loadSource('policies/detect/pattern-detector.js')
  return maskWith(PATTERNS.map((pattern, index) => patternDetector(`own-${index}`, pattern, 256)))
})

/** The same two where they are denied and flagged. */
export const guarding = part('guard', 'the same as guards', async () => {
  const { createPatternCounter } = await loadSource('policies/guard/pattern-counts.js')
  const { PatternFinder } = await loadSource('exchange/pattern-finder.js')
  return () => {
    const count = createPatternCounter(PATTERNS.map((pattern) => [new PatternFinder([pattern])]))
    return (bytes) => count(bytes, 'session')
  }
})

/**
 * Time over a request of 2 MB, over that of one JSON.parse of its text in the same round: `cold` for the first request of a
 * conversation, `next` for the one after it.
 */
function part(name, label, open) {
  return {
    measure: async (_, share) => measure(await open(), share),
    figures: (generations) => [
      parsesFigure(`${name} cold`, `${label} of 2 MB, over JSON.parse`, generations, 'cold', 'parse'),
      parsesFigure(
        `${name} next`,
        `${label}, the next turn, over the same`,
        generations,
        'next',
        'parseNext',
      ),
    ],
  }
}

function measure(openPolicy, share) {
  const body = conversationBody(BYTES)
  const next = nextBody(body)
  const texts = [body, next].map((bytes) => bytes.toString())
  const times = { parse: [], parseNext: [], cold: [], next: [] }
  for (let round = 0; round < scaled(ROUNDS, share, 10); round += 1) {
    const send = openPolicy()
    times.parse.push(timeOf(() => JSON.parse(texts[0])))
    times.cold.push(timeOf(() => send(body)))
    times.parseNext.push(timeOf(() => JSON.parse(texts[1])))
    times.next.push(timeOf(() => send(next)))
  }
  return times
}

async function maskWith(detectors) {
  const { createMasking } = await loadSource('policies/mask/masking.js')
  const { splice } = await loadSource('json/splice.js')
  const rules = detectors.map((detector) => ({ detector, action: 'mask' }))
  return () => {
    const mask = createMasking(rules, { key: Buffer.alloc(32, 1) })
    return (bytes) => splice([bytes], mask(bytes, 'session').edits)
  }
}

function timeOf(work) {
  const startedAt = performance.now()
  work()
  return performance.now() - startedAt
}
