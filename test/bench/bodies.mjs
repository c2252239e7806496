import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { loadSource } from './compiled-source.mjs'
import { exchange, messagesBody, pacedExchange } from './exchange.mjs'
import { addedFigure, ratioFigure } from './figure.mjs'
import { startProgram } from './program.mjs'
import { inRounds, scaled } from './rounds.mjs'
import { GATEWAY_PROGRAM, gatewayEnv, routeTo } from './routes.mjs'
import { requestsOf, sessionBodies } from './session-bodies.mjs'
import { median, quantile } from './statistics.mjs'

const ROUNDS = 300
const STREAM_ROUNDS = 40
const TURNS = 100
const LAST_TURN_BYTES = 1_000_000

/** What is timed: what a request costs that is kept, and the answer that comes meanwhile. */
const TIMES = {
  'first byte': {
    label: 'time to first byte, 1 MB request',
    query: 'events=20&restAfterMs=2',
    field: 'firstByteMs',
  },
  whole: { label: 'time of a whole answer of 60 kB', query: 'events=400&restAfterMs=2', field: 'totalMs' },
}

/** Level `full` in the column claude-gw against `meta` in that of the plain proxy, and what a session takes on the disk. */
export const bodies = {
  measure: async ({ direct, upstreamUrl, folder }, share) => {
    const gateways = await startGateways(upstreamUrl, folder)
    const routes = { direct, plain: gateways.meta, gateway: gateways.full }
    try {
      const samples = { times: {}, session: {} }
      for (const [name, { query, field }] of Object.entries(TIMES))
        samples.times[name] = await timesOf(
          routes,
          share,
          async (route) => (await exchange(route, query, BODY))[field],
        )
      samples.delays = await delaysOf(routes, share)
      samples.session = await sendSession(gateways.full)
      return samples
    } finally {
      await gateways.stop()
    }
  },
  figures: (generations) => [
    ...Object.entries(TIMES).map(([name, { label }]) =>
      addedFigure(
        `bodies ${name}`,
        `full over meta: ${label}`,
        'ms',
        generations.map(({ times }) => times[name]),
      ),
    ),
    ...[0.5, 0.95].map((q) =>
      ratioFigure(
        `bodies events ${q}`,
        `full over meta: event delay p${100 * q}`,
        'ms',
        generations.map(({ delays }) => delays),
        (rounds) => quantile(rounds.flat(), q),
      ),
    ),
    storedFigure(generations),
    restoreFigure(generations),
  ],
}

const BODY = messagesBody(1_000_000)

async function startGateways(upstreamUrl, folder) {
  const programs = []
  const start = async (level) => {
    const state = join(folder, `bodies-${level}`)
    const env = { ...gatewayEnv(upstreamUrl, folder), CLAUDE_GW_STATE_DIR: state, CLAUDE_GW_LOG_LEVEL: level }
    const program = await startProgram([GATEWAY_PROGRAM, 'serve', '--port', '0', '--json'], env)
    programs.push(program)
    return { ...routeTo(program.ready), state }
  }
  const stop = () => Promise.all(programs.map((program) => program.stop()))
  return { meta: await start('meta'), full: await start('full'), stop }
}

async function timesOf(routes, share, measure) {
  await inRounds(routes, 10, measure)
  return inRounds(routes, scaled(ROUNDS, share), measure)
}

/** One request of 1 MB and a stream behind it, whose first events come while the request is kept. */
async function delaysOf(routes, share) {
  const measure = (route) => pacedExchange(route, 'events=50&pauseMs=5', BODY)
  await inRounds(routes, 1, measure)
  return inRounds(routes, scaled(STREAM_ROUNDS, share, 2), measure)
}

/** Sends a session of its own, and looks at what is left of it on the disk. */
async function sendSession(route) {
  const id = crypto.randomUUID()
  const headers = { ...route.headers, 'x-claude-code-session-id': id }
  let plainBytes = 0
  for (const body of sessionBodies(TURNS, LAST_TURN_BYTES)) {
    const { bytes } = await exchange({ ...route, headers }, 'events=60', body)
    plainBytes += body.length + bytes
  }
  // What is written last may take a moment.
  await new Promise((resolve) => setTimeout(resolve, 500))
  return {
    plainBytes,
    storedBytes: storedBytesOf(join(route.state, 'bodies'), id),
    restoreMs: await restoreTimes(route.state, id),
  }
}

function storedBytesOf(folder, id) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.includes(id))
  return names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}

/** Of the first and of the last request of the session. */
async function restoreTimes(state, id) {
  const { readBody } = await loadSource('log/body-reader.js')
  const references = requestsOf(state, id)
  const times = []
  for (const reference of [references[0], references.at(-1)]) {
    const runs = []
    for (let run = 0; run < 5; run += 1) {
      const startedAt = performance.now()
      const found = await readBody(join(state, 'bodies'), reference)
      if (!('bytes' in found)) throw new Error(found.reason)
      runs.push(performance.now() - startedAt)
    }
    times.push(median(runs))
  }
  return times
}

function storedFigure(generations) {
  const sessions = generations.map(({ session }) => ({
    plain: [session.plainBytes / 1e6],
    gateway: [session.storedBytes / 1e6],
  }))
  return ratioFigure(
    'bodies stored',
    `a session of ${TURNS} turns up to 1 MB: plain, and stored`,
    'MB',
    sessions,
    median,
  )
}

function restoreFigure(generations) {
  const times = generations.map(({ session: { restoreMs } }) => ({
    plain: [restoreMs[0]],
    gateway: [restoreMs[1]],
  }))
  return ratioFigure('bodies restore', 'time to restore its first request, and its last', 'ms', times, median)
}
