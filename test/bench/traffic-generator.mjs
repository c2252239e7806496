/**
 * node test/bench/traffic-generator.mjs --records N --output DIR [--ledger] [--days N] [--end DATE] [--seed N]
 * Writes a state directory with months of made-up traffic: DIR/traffic/YYYY-MM-DD.jsonl, about 1 KB a line, and with
 * --ledger DIR/ledger/YYYY-MM.jsonl for the same exchanges. The same arguments give the same bytes.
 */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ledgerOf, trafficRecords } from './traffic-records.mjs'

const DAY_MS = 86_400_000
const FLUSH_BYTES = 1024 ** 2

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      records: { type: 'string', default: '10000' },
      output: { type: 'string' },
      ledger: { type: 'boolean', default: false },
      days: { type: 'string', default: '30' },
      end: { type: 'string', default: '2026-11-28' },
      seed: { type: 'string', default: '1' },
    },
  })
  if (!values.output) throw new Error('--output DIR is missing')
  const { records, bytes } = generateTraffic(values.output, {
    records: Number(values.records),
    days: Number(values.days),
    end: values.end,
    seed: Number(values.seed),
    hasLedger: values.ledger,
  })
  console.log(`${records} records, ${bytes} bytes of traffic in ${values.output}`)
}

/**
 * Fills a state directory.
 * @param options `end` is the UTC day after the last record, `days` how many days before it are filled
 * @returns how many records, and the bytes of their lines
 */
export function generateTraffic(directory, options = {}) {
  const { records = 10_000, days = 30, end = '2026-11-28', seed = 1, hasLedger = false } = options
  const startMs = Date.parse(`${end}T00:00:00Z`) - days * DAY_MS
  const traffic = openFiles(join(directory, 'traffic'))
  const ledger = hasLedger ? openFiles(join(directory, 'ledger')) : undefined
  for (const record of trafficRecords({ records, startMs, endMs: startMs + days * DAY_MS, seed })) {
    traffic.append(record.ts.slice(0, 10), JSON.stringify(record))
    ledger?.append(record.ts.slice(0, 7), JSON.stringify(ledgerOf(record)))
  }
  ledger?.close()
  return { records, bytes: traffic.close() }
}

/** Lines come in the order of their periods, so one file is open at a time. */
function openFiles(directory) {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  let period
  let fd
  let bytes = 0
  let pending = ''
  const flush = () => {
    if (pending) bytes += writeSync(fd, pending)
    pending = ''
  }
  const close = () => {
    if (fd === undefined) return bytes
    flush()
    closeSync(fd)
    fd = undefined
    return bytes
  }
  const append = (linePeriod, line) => {
    if (linePeriod !== period) {
      close()
      period = linePeriod
      fd = openSync(join(directory, `${period}.jsonl`), 'w', 0o600)
    }
    pending += `${line}\n`
    if (pending.length >= FLUSH_BYTES) flush()
  }
  return { append, close }
}
