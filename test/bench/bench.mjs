/**
 * npm run bench -- [--quick] [--noise] [--json FILE] [part …]
 * Compares, side by side in one run: the upstream itself, plain http-proxy-3, and claude-gw with its log on.
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { firstByteParts, wholeParts } from './added-time.mjs'
import { answers } from './answers.mjs'
import { bodies } from './bodies.mjs'
import { bulkBinary, bulkEvents } from './bulk.mjs'
import { concurrent } from './concurrent.mjs'
import { decorators } from './decorators.mjs'
import { eventDelay } from './event-delay.mjs'
import { keySources } from './key-sources.mjs'
import { limits } from './limits.mjs'
import { logs } from './logs.mjs'
import { guarding, masking, patternMasking } from './masking.mjs'
import { memory } from './memory.mjs'
import { pacedStreams } from './paced-streams.mjs'
import { table } from './report.mjs'
import { startRoutes } from './routes.mjs'
import { startUp } from './start-up.mjs'

const PARTS = {
  'first-byte': firstByteParts,
  whole: wholeParts,
  events: [eventDelay],
  bulk: [bulkEvents, bulkBinary],
  concurrent: [concurrent],
  streams: [pacedStreams],
  memory: [memory],
  start: [startUp],
  key: [keySources],
  bodies: [bodies],
  logs: [logs],
  mask: [masking, patternMasking, guarding],
  answers: [answers],
  decorators: [decorators],
  limits: [limits],
}

/** A generation is a set of fresh processes and connections; each does its share of the rounds. */
const FULL = { generations: 5, share: 1 / 5 }
const QUICK = { generations: 2, share: 1 / 40 }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    noise: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
})
const unknown = positionals.filter((name) => !(name in PARTS))
if (unknown.length > 0)
  throw new Error(`no part ${unknown.join(', ')}: choose of ${Object.keys(PARTS).join(', ')}`)

const names = positionals.length > 0 ? positionals : Object.keys(PARTS).filter(isPossible)
const parts = names.flatMap((name) => PARTS[name])
const { samples, records } = await measureAll(parts, values.quick ? QUICK : FULL)
const figures = parts.flatMap((part) => part.figures(samples.get(part)))

console.log(`${table(figures)}\n\nnode ${process.version}, ${availableParallelism()} cores; ${note(records)}`)
if (values.json) writeFileSync(values.json, `${JSON.stringify(resultOf(figures), null, 2)}\n`)

async function measureAll(parts, { generations, share }) {
  const samples = new Map(parts.map((part) => [part, []]))
  const records = []
  for (let generation = 1; generation <= generations; generation += 1) {
    console.error(`measuring, ${generation} of ${generations} …`)
    const routes = await startRoutes(values.noise ? 'plain' : 'claude-gw')
    try {
      for (const part of parts) samples.get(part).push(await part.measure(routes, share))
    } finally {
      records.push(...(await routes.close()))
    }
  }
  return { samples, records }
}

/** There is nothing to start where a second plain proxy stands for the gateway; a look through 1 GB is for those who ask. */
function isPossible(name) {
  if (name === 'logs') return false
  return !(
    values.noise && ['start', 'key', 'bodies', 'mask', 'answers', 'decorators', 'limits'].includes(name)
  )
}

/** Shows that the gateway really kept its log and read the answers. */
function note(records) {
  if (values.noise) return 'the column claude-gw shows a second http-proxy-3: what differs is noise'
  const withUsage = records.filter(({ usage }) => usage?.output_tokens > 1).length
  return `claude-gw logged ${records.length} exchanges, ${withUsage} of them with usage`
}

function resultOf(figures) {
  const machine = { node: process.version, platform: process.platform, cores: availableParallelism() }
  return { date: new Date().toISOString(), ...machine, figures }
}
