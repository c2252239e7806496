/**
 * npm run bench -- [--quick] [--noise] [--json FILE] [part …]
 * Compares, side by side in one run: the upstream itself, plain http-proxy-3, and claude-gw with its log on.
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { bulk } from './bulk.mjs'
import { concurrent } from './concurrent.mjs'
import { eventDelay } from './event-delay.mjs'
import { firstByte } from './first-byte.mjs'
import { memory } from './memory.mjs'
import { pacedStreams } from './paced-streams.mjs'
import { table } from './report.mjs'
import { startRoutes } from './routes.mjs'
import { startUp } from './start-up.mjs'

const PARTS = {
  'first-byte': firstByte,
  events: eventDelay,
  bulk,
  concurrent,
  streams: pacedStreams,
  memory,
  start: startUp,
}
const QUICK_SHARE = 0.1

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    noise: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
})
const chosen = positionals.length > 0 ? positionals : Object.keys(PARTS)
const unknown = chosen.filter((name) => !(name in PARTS))
if (unknown.length > 0)
  throw new Error(`no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`)

const routes = await startRoutes(values.noise)
try {
  const figures = []
  for (const name of chosen) {
    console.error(`measuring ${name} …`)
    figures.push(...(await PARTS[name](routes, values.quick ? QUICK_SHARE : 1)))
  }
  console.log(`\n${table(figures)}\n`)
  console.log(`node ${process.version}, ${availableParallelism()} cores; ${logNote(values.noise)}`)
  if (values.json) writeFileSync(values.json, `${JSON.stringify(resultOf(figures), null, 2)}\n`)
} finally {
  await routes.close()
}

/** Shows that the gateway really kept its log and read the answers. */
function logNote(isNoise) {
  if (isNoise) return 'the column claude-gw shows a second http-proxy-3: differences are noise'
  const records = routes.records()
  const withUsage = records.filter(({ usage }) => usage?.output_tokens > 1).length
  return `claude-gw logged ${records.length} exchanges, ${withUsage} of them with usage`
}

function resultOf(figures) {
  return {
    date: new Date().toISOString(),
    node: process.version,
    platform: process.platform,
    cores: availableParallelism(),
    figures,
  }
}
