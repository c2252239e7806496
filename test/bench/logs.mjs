import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ratioFigure } from './figure.mjs'
import { shuffled } from './rounds.mjs'
import { GATEWAY_PROGRAM } from './routes.mjs'
import { median } from './statistics.mjs'
import { generateTraffic } from './traffic-generator.mjs'

const MILLION = 1_000_000
const HUNDREDTH = 100
const POLL_MS = 10
const NEWLINE = 0x0a

/** The same question to both; `label` says how many lines are meant. */
const QUESTIONS = {
  status: {
    label: 'one status (1.5 %)',
    ours: ['--status', '429'],
    jq: 'select(.status == 429 or .client_status == 429)',
  },
  where: {
    label: 'a number far in (0.03 %)',
    ours: ['--where', 'usage.output_tokens > 6000'],
    jq: 'select(.usage.output_tokens != null and .usage.output_tokens > 6000)',
  },
  model: {
    label: 'part of a name (4 %)',
    ours: ['--model', 'acme'],
    jq: 'select([.model, .response_model] | any(. != null and contains("acme")))',
  },
  cost: {
    label: 'most lines (a cost)',
    ours: ['--min-cost', '0.01'],
    jq: 'select(.cost_usd != null and .cost_usd >= 0.01)',
  },
}

let traffic

/**
 * `claude-gw logs` over about 1.3 GB of generated traffic (a tenth of it with --quick), beside jq on the same files: the column
 * of http-proxy-3 is jq's here. For `logs -n 50` it is claude-gw itself on a hundredth of the traffic.
 */
export const logs = {
  measure: async (_routes, share) => {
    traffic ??= makeTraffic(share < 0.1 ? MILLION / 10 : MILLION)
    const samples = { tail: await tails(), memory: { plain: [], gateway: [] } }
    if (!hasJq()) return samples
    for (const [name, question] of Object.entries(QUESTIONS)) {
      samples[name] = await ask(question, samples.memory)
    }
    return samples
  },
  figures: (generations) => [
    figureOf('tail', 'logs -n 50, over a hundredth of it', 'ms', generations),
    ...(hasJq() ? jqFigures(generations) : []),
  ],
}

function jqFigures(generations) {
  return [
    ...Object.entries(QUESTIONS).map(([name, { label }]) =>
      figureOf(name, `logs: ${label}, over jq`, 'ms', generations),
    ),
    figureOf('memory', 'logs: peak memory, over jq', 'MB', generations),
  ]
}

function figureOf(name, label, unit, generations) {
  return ratioFigure(
    `logs ${name}`,
    label,
    unit,
    generations.map((samples) => samples[name]),
    median,
  )
}

function makeTraffic(records) {
  const folder = mkdtempSync(join(tmpdir(), 'claude-gw-bench-logs-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  if (!hasJq()) console.error('jq is missing, so there is nothing to compare with: apt-get install jq')
  console.error(`making ${records} records …`)
  generateTraffic(join(folder, 'all'), { records })
  generateTraffic(join(folder, 'few'), { records: records / HUNDREDTH })
  const files = readdirSync(join(folder, 'all/traffic')).map((name) => join(folder, 'all/traffic', name))
  return { folder, files: files.sort() }
}

function hasJq() {
  return spawnSync('jq', ['--version']).status === 0
}

async function tails() {
  const times = { plain: [], gateway: [] }
  for (let round = 0; round < 5; round += 1) {
    for (const [route, state] of shuffled([
      ['plain', 'few'],
      ['gateway', 'all'],
    ])) {
      times[route].push((await runLogs(['-n', '50'], state)).ms)
    }
  }
  return times
}

async function ask({ ours, jq }, memory) {
  const programs = {
    plain: () => run('jq', ['-c', jq, ...traffic.files], {}),
    gateway: () => runLogs(['--json', '--since', '2000-01-01', ...ours], 'all'),
  }
  const found = {}
  for (const route of shuffled(Object.keys(programs))) {
    found[route] = await programs[route]()
    memory[route].push(found[route].megabytes)
  }
  if (found.plain.lines !== found.gateway.lines) {
    throw new Error(`${ours.join(' ')}: ${found.gateway.lines} lines, and ${found.plain.lines} of jq`)
  }
  return { plain: [found.plain.ms], gateway: [found.gateway.ms] }
}

function runLogs(args, state) {
  const env = {
    PATH: process.env.PATH,
    HOME: traffic.folder,
    CLAUDE_GW_STATE_DIR: join(traffic.folder, state),
  }
  return run(process.execPath, [GATEWAY_PROGRAM, 'logs', ...args], env)
}

/** Milliseconds, lines of output, and peak memory where the system says it (Linux). */
async function run(file, args, env) {
  const startedAt = performance.now()
  const child = spawn(file, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let lines = 0
  let megabytes = 0
  child.stdout.on('data', (chunk) => {
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) lines += 1
  })
  const timer = setInterval(() => {
    megabytes = Math.max(megabytes, peakMegabytes(child.pid))
  }, POLL_MS)
  const [code] = await once(child, 'close')
  clearInterval(timer)
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}`)
  return { ms: performance.now() - startedAt, lines, megabytes }
}

function peakMegabytes(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
