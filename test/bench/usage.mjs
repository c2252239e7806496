/**
 * node test/bench/usage.mjs [--records N] [--rounds N] [--directory DIR]
 * `claude-gw usage` beside jq on the same files, in one run: a traffic log of a million records, and the ledger of the same
 * exchanges. A directory that is named stays, and is used again.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { median } from './statistics.mjs'
import { generateTraffic } from './traffic-generator.mjs'

const PROGRAM = join(import.meta.dirname, '../../bin/claude-gw.js')
/** GNU time, which tells the memory that was taken. */
const TIME = '/usr/bin/time'

/** The same sums as those of a row of `usage`, but for its quantiles. */
const SUMS = `
reduce (inputs | select(.v == 1)) as $line ({};
  .[$line.ts[0:10]] |= (
    .requests += 1
    | .errors += (if $line.outcome == "ok" then 0 else 1 end)
    | .input += ($line.usage.input_tokens // 0)
    | .output += ($line.usage.output_tokens // 0)
    | .read += ($line.usage.cache_read_input_tokens // 0)
    | .written += ($line.usage.cache_creation_input_tokens // 0)
    | .cost += ($line.cost_usd // 0)
    | .unknown += (if $line.usage and $line.cost_usd == null then 1 else 0 end)
    | .tokens += (if $line.ms_per_token then $line.usage.output_tokens // 0 else 0 end)
    | .ms += (if $line.ms_per_token then $line.duration_ms else 0 end)
  ))`

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    directory: { type: 'string' },
  },
})

if (spawnSync(TIME, ['-f', '%M', 'jq', '--version']).status !== 0) {
  console.log('skipped: it needs jq and GNU time (apt-get install jq time)')
} else {
  const directory = values.directory ?? mkdtempSync(join(tmpdir(), 'claude-gw-bench-'))
  try {
    compare(directory)
  } finally {
    if (!values.directory) rmSync(directory, { recursive: true })
  }
}

function compare(directory) {
  if (!existsSync(join(directory, 'ledger'))) {
    console.error(`making ${values.records} records …`)
    generateTraffic(directory, { records: Number(values.records), days: 27, hasLedger: true })
  }
  const rows = ['log', 'ledger'].flatMap((source) => compareSource(directory, source))
  console.table(Object.fromEntries(rows.map(({ what, ...figures }) => [what, figures])))
  console.log(
    `node ${process.version}, ${availableParallelism()} cores, medians of ${values.rounds}, in one run`,
  )
}

function compareSource(directory, source) {
  const folder = join(directory, source === 'log' ? 'traffic' : 'ledger')
  const files = readdirSync(folder).map((name) => join(folder, name))
  const megabytes = files.reduce((sum, path) => sum + statSync(path).size, 0) / 1e6
  const usage = () => measure(process.execPath, [PROGRAM, 'usage', '--json', '--from', source], directory)
  const forget = () => rmSync(join(directory, 'cache'), { recursive: true, force: true })
  const rounds = Array.from({ length: Number(values.rounds) }, () => {
    const jq = measure('jq', ['-n', SUMS, ...files], directory)
    forget()
    return { jq, first: usage(), second: usage() }
  })
  checkSame(rounds[0])
  return ['jq', 'first', 'second'].map((name) => ({
    what: `${source}, ${{ jq: 'jq', first: 'usage, first call', second: 'usage, second call' }[name]}`,
    'MB read': Math.round(megabytes),
    'CPU s': round(median(rounds.map((round) => round[name].cpuSeconds))),
    'wall s': round(median(rounds.map((round) => round[name].wallSeconds))),
    'wall, part of jq': round(
      median(rounds.map(({ jq, [name]: own }) => own.wallSeconds / jq.wallSeconds)),
      3,
    ),
    'CPU, part of jq': round(median(rounds.map(({ jq, [name]: own }) => own.cpuSeconds / jq.cpuSeconds)), 3),
    'memory MB': Math.round(median(rounds.map((round) => round[name].megabytes))),
  }))
}

function measure(program, args, directory) {
  const env = { ...process.env, CLAUDE_GW_STATE_DIR: directory, TZ: 'UTC' }
  const start = performance.now()
  const timed = spawnSync(TIME, ['-f', '%U %S %M', program, ...args], {
    env,
    maxBuffer: 1e9,
    encoding: 'utf8',
  })
  const wallSeconds = (performance.now() - start) / 1000
  if (timed.status !== 0) throw new Error(timed.stderr)
  const [user, system, kilobytes] = timed.stderr.trim().split('\n').at(-1).split(' ').map(Number)
  const output = JSON.parse(timed.stdout)
  return { wallSeconds, cpuSeconds: user + system, megabytes: kilobytes / 1024, output }
}

/** What is faster must not be less. */
function checkSame({ jq, first, second }) {
  for (const { output } of [first, second]) {
    const wrong = output.rows.filter((row) => {
      const day = jq.output[row.day]
      return (
        row.requests !== day.requests ||
        row.errors !== day.errors ||
        row.output_tokens !== day.output ||
        row.cache_read_input_tokens !== day.read ||
        row.unknown_costs !== day.unknown ||
        Math.abs(row.cost_usd - day.cost) > 1e-6 ||
        Math.abs(row.ms_per_token - day.ms / day.tokens) > 0.01
      )
    })
    if (wrong.length > 0) throw new Error(`not the sums of jq: ${wrong.map(({ day }) => day)}`)
  }
}

function round(value, digits = 2) {
  return Number(value.toFixed(digits))
}
