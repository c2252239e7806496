import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadSource } from './compiled-source.mjs'
import { ratioFigure } from './figure.mjs'
import { scaled } from './rounds.mjs'
import { median } from './statistics.mjs'

const SOURCES = ['config/limit-parser', 'log/ledger', 'log/period', 'log/writer', 'policies/limits/limits']
const ROUNDS = 3000
const LINES = 50_000
const OTHER_RUNS = 3
const RULES = {
  daily: { usd: 1e6, per: 'day' },
  projects: { usd: 1e6, per: 'month', by: 'project' },
  pace: { requests: 1e6, per: 'minute' },
  agents: { concurrent: 1000 },
}
const SUBJECT = { profile: 'default', project: 'p', session: 's', model: 'claude-opus-4-8' }
const REQUEST = { path: '/v1/messages', subject: SUBJECT, bodyBytes: 80_000, maxTokens: 32_000 }

const LABELS = {
  agents: 'deciding with a limit of its own, over writing a line',
  alone: 'deciding with four limits, over the same',
  shared: `deciding beside ${OTHER_RUNS} other runs, over the same`,
  open: 'reading a line of this month, over the same',
}

/** Time that limits take for a request, and for a line of the ledger at the start, over that of writing one line of it. */
export const limits = {
  measure: async ({ folder }, share) => {
    await load()
    const directory = mkdtempSync(join(folder, 'ledger-'))
    const writer = new source.TrafficLog({ directory, periodAt: source.monthAt, onTrouble: console.error })
    const times = {}
    for (const [name, rules, others] of [
      ['agents', { agents: RULES.agents }, 0],
      ['alone', RULES, 0],
      ['shared', RULES, OTHER_RUNS],
    ])
      times[name] = await decisions({ directory, writer, rules, others }, scaled(ROUNDS, share))
    writer.close()
    times.open = { plain: times.alone.plain, gateway: openings(mkdtempSync(join(folder, 'month-'))) }
    return times
  },
  figures: (generations) =>
    Object.keys(LABELS).map((name) => {
      const figure = ratioFigure(
        `limits ${name}`,
        LABELS[name],
        'us',
        generations.map((times) => times[name]),
        median,
      )
      const { plain, ...rest } = figure
      return { ...rest, direct: plain }
    }),
}

/** What is measured; loaded when it is. */
let source

async function load() {
  const modules = await Promise.all(SOURCES.map((name) => loadSource(`${name}.js`)))
  source = Object.assign({}, ...modules)
}

async function decisions({ directory, writer, rules, others }, rounds) {
  const runs = Array.from({ length: others + 1 }, (_, index) => run(directory, rules, `run${index}`))
  const [own, ...rest] = runs
  for (const other of rest) await other.decide(REQUEST)
  const times = { plain: [], gateway: [] }
  for (let round = 0; round < rounds; round += 1) {
    const record = recordAt(Date.now(), round)
    let decision
    times.gateway.push(microseconds(() => (decision = own.decide(REQUEST))))
    times.plain.push(microseconds(() => writer.append(source.ledgerLine(record))))
    decision.reservation.settle(record)
    await new Promise(setImmediate)
  }
  for (const one of runs) await one.close()
  return times
}

/** Per line of a month in which there were many. */
function openings(directory) {
  mkdirSync(directory, { recursive: true })
  const { name, startMs } = source.monthAt(Date.now())
  const stepMs = (Date.now() - startMs) / LINES
  const lines = Array.from({ length: LINES }, (_, index) =>
    source.ledgerLine(recordAt(startMs + index * stepMs, index)),
  )
  writeFileSync(join(directory, `${name}.jsonl`), lines.join(''))
  return Array.from({ length: 3 }, () => microseconds(() => run(directory, RULES, 'opened')) / LINES)
}

function run(ledgerDirectory, rules, runId) {
  const one = new source.Limits({
    ...{
      rules: source.parseLimits({ rules }).rules,
      ledgerDirectory,
      self: { pid: process.pid, host: 'bench', runId },
    },
    ...{ isAlive: () => true, prices: { of: () => 0.01, digest: '0' }, onTrouble: console.error },
  })
  one.open()
  return one
}

function recordAt(timeMs, number) {
  return {
    ...{
      v: 1,
      ts: new Date(timeMs).toISOString(),
      id: crypto.randomUUID(),
      run_id: 'run0',
      profile: 'default',
    },
    ...{
      session_id: `session${Math.floor(number / 50)}`,
      user: 'me',
      path: '/v1/messages',
      duration_ms: 4200.5,
    },
    ...{ tags: { project: `p${number % 5}`, repository: 'r', branch: 'main' }, model: SUBJECT.model },
    ...{ response_model: SUBJECT.model, status: 200, answered_by: 'upstream', outcome: 'ok', ttft_ms: 900 },
    usage: {
      input_tokens: 12,
      output_tokens: 345,
      cache_creation_input_tokens: 900,
      cache_read_input_tokens: 85_000,
    },
    ...{ cost_usd: 0.0123, ms_per_token: 12.2, credential: { source: 'keychain:default' } },
  }
}

function microseconds(action) {
  const begunMs = performance.now()
  action()
  return (performance.now() - begunMs) * 1000
}
