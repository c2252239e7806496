import { exchange, messagesBody } from './exchange.mjs'
import { plainFigure, ratioFigure } from './figure.mjs'
import { cpuSeconds } from './program.mjs'
import { inRounds, scaled } from './rounds.mjs'
import { median } from './statistics.mjs'

const ROUNDS = 9
const MEGABYTE = 1024 * 1024
const KINDS = [
  { name: 'SSE', query: `bulkBytes=${64 * MEGABYTE}` },
  { name: 'binary', query: `binaryBytes=${128 * MEGABYTE}` },
]

/** How fast one large answer comes through, and what that costs each proxy in CPU time. */
export async function bulk(routes, share) {
  const body = messagesBody(1000)
  const figures = []
  const cpu = { plain: 0, gateway: 0 }
  for (const { name, query } of KINDS) {
    const samples = await inRounds(routes, scaled(ROUNDS, share), async (route) => {
      const before = cpuSeconds(route.pid)
      const { bytes, totalMs } = await exchange(route, query, body)
      return { rate: bytes / MEGABYTE / (totalMs / 1000), cpu: cpuSeconds(route.pid) - before }
    })
    const rate = (rounds) => median(rounds.map((round) => round.rate))
    figures.push(ratioFigure(`bulk ${name}`, `one large answer, ${name}`, 'MB/s', samples, rate))
    for (const proxy of ['plain', 'gateway']) cpu[proxy] += sum(samples[proxy].map((round) => round.cpu))
  }
  return [...figures, plainFigure('bulk CPU', 'CPU time for these answers', 's', cpu)]
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0)
}
