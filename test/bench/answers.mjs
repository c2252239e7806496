import { join } from 'node:path'
import { exchange, messagesBody, pacedExchange } from './exchange.mjs'
import { addedFigure, ratioFigure } from './figure.mjs'
import { startProgram } from './program.mjs'
import { inRounds, scaled } from './rounds.mjs'
import { GATEWAY_PROGRAM, gatewayEnv, routeTo } from './routes.mjs'
import { median, quantile } from './statistics.mjs'

const FIRST_ROUNDS = 600
const STREAM_ROUNDS = 20
const BULK_ROUNDS = 10
const BULK_BYTES = 16 * 1024 ** 2
const BODY = messagesBody(10_000)
const ACTIONS = ['flag', 'mask']

/** Guards on answers (the column claude-gw) against none (that of the plain proxy), with all usual detectors. */
export const answers = {
  measure: async (routes, share) => {
    const samples = {}
    for (const action of ACTIONS) {
      const { route, stop } = await startGuarding(routes, action)
      try {
        samples[action] = await measured({ ...routes, plain: routes.gateway, gateway: route }, share)
      } finally {
        await stop()
      }
    }
    return samples
  },
  figures: (generations) =>
    ACTIONS.flatMap((action) =>
      figuresOf(
        action,
        generations.map((samples) => samples[action]),
      ),
    ),
}

async function startGuarding({ upstreamUrl, folder }, action) {
  const env = {
    ...gatewayEnv(upstreamUrl, folder),
    CLAUDE_GW_STATE_DIR: join(folder, `answers-${action}`),
    CLAUDE_GW_POLICIES_ANSWER_DETECT: '["all"]',
    CLAUDE_GW_POLICIES_ANSWER_MODE: action,
  }
  const program = await startProgram([GATEWAY_PROGRAM, 'serve', '--port', '0', '--json'], env)
  return { route: routeTo(program.ready), stop: program.stop }
}

async function measured(routes, share) {
  const first = async (route) => (await exchange(route, 'events=20&restAfterMs=2', BODY)).firstByteMs
  const bulk = async (route) => {
    const { bytes, totalMs } = await exchange(route, `bulkBytes=${BULK_BYTES}`, BODY)
    return bytes / 1024 ** 2 / (totalMs / 1000)
  }
  const delays = (route) => pacedExchange(route, 'events=50&pauseMs=5', BODY)
  await inRounds(routes, 20, first)
  return {
    first: await inRounds(routes, scaled(FIRST_ROUNDS, share), first),
    delays: await inRounds(routes, scaled(STREAM_ROUNDS, share, 2), delays),
    bulk: await inRounds(routes, scaled(BULK_ROUNDS, share, 2), bulk),
  }
}

function figuresOf(action, generations) {
  const part = (name) => generations.map((samples) => samples[name])
  const p50 = (rounds) => quantile(rounds.flat(), 0.5)
  return [
    addedFigure(
      `answers ${action} first`,
      `${action} over no guard: time to first event`,
      'ms',
      part('first'),
    ),
    ratioFigure(
      `answers ${action} events`,
      `${action} over no guard: event delay p50`,
      'ms',
      part('delays'),
      p50,
    ),
    ratioFigure(
      `answers ${action} bulk`,
      `${action} over no guard: one large answer`,
      'MB/s',
      part('bulk'),
      median,
    ),
  ]
}
