import { GatewayError } from '../../base/errors.ts'
import { tryLock } from '../../config/lock.ts'
import { shippingDirectory, trafficDirectory } from '../../config/paths.ts'
import type { ExchangeRecord } from '../../exchange/exchange.ts'
import { listDayFiles } from '../../log/day-file.ts'
import { appended } from '../../log/follow.ts'
import { otlpExport } from '../../log/otlp.ts'
import { Search } from '../../log/search.ts'
import type { Upstream } from '../../network/url.ts'
import { isLoopback, parseUpstream } from '../../network/url.ts'
import type { Context } from '../context.ts'
import { readClaudeState } from '../upstream/claude-state.ts'
import { findProxy } from '../upstream/proxy.ts'
import { openTrust } from '../upstream/tls.ts'
import { ownVersion } from '../version.ts'
import type { Collector, Remark } from './collector.ts'
import { openCollector } from './collector.ts'
import type { FilterInput } from './log-filter.ts'
import { toQuery } from './log-filter.ts'
import { tellSkipped } from './search-notes.ts'
import type { ShippingPositions } from './shipping-positions.ts'
import { openShippingPositions, shipmentPath } from './shipping-positions.ts'

export interface ShippingInput extends FilterInput {
  /** The URL of the collector, as OTEL_EXPORTER_OTLP_ENDPOINT has it. */
  readonly collector: string
  /** Whether what was shipped before is shipped again. */
  readonly isAnew: boolean
}

const BATCH = 500

/**
 * Ships what was logged since the last time to a collector, as spans and as log records. What it has taken is noted for these filters, so that a
 * call that breaks off goes on there. A record can arrive twice if it breaks off between the two.
 * @returns the exit code @throws GatewayError OTLP_BAD_URL, OTLP_REFUSED, OTLP_BUSY, LOG_UNREADABLE, USAGE
 */
export async function shipToCollector(context: Context, input: ShippingInput): Promise<number> {
  const { collector: url, isAnew, ...filters } = input
  const upstream = parseCollector(url, context.config().values.allowHttp)
  const shipment = {
    collector: upstream.name,
    filters: { ...filters, profile: context.options.flags.profile },
  }
  const path = shipmentPath(shippingDirectory(context.stateDirectory()), shipment)
  const release = await tryLock(path)
  if (!release) throw new GatewayError('OTLP_BUSY', { collector: upstream.name })
  const collector = await openCollectorAt(context, upstream)
  try {
    const { positions, save } = openShippingPositions(path, shipment)
    if (isAnew) positions.clear()
    const search = new Search(toQuery(context, filters, new Date()))
    const sent = await shipNew(context, search, collector, { positions, save })
    tellSkipped(context, search)
    if (!context.options.isQuiet) context.stderr.write(`claude-gw: ${sentence(sent, upstream.name)}\n`)
    return sent.rejected > 0 ? 5 : 0
  } finally {
    collector.close()
    await release()
  }
}

/** Names and errors stand in what is shipped, and a key in the headers. @throws GatewayError OTLP_BAD_URL */
function parseCollector(text: string, allowHttp: boolean): Upstream {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search || url.hash)
    throw new GatewayError('OTLP_BAD_URL', { reason: '`--otlp` is no plain URL' })
  if (url.username || url.password)
    throw new GatewayError('OTLP_BAD_URL', {
      reason:
        '`--otlp` has a user name or a password in it, which others could read there: it goes in OTEL_EXPORTER_OTLP_HEADERS, such as `authorization=Basic%20…`',
    })
  if (url.protocol === 'http:' && !allowHttp && !isLoopback(url.hostname))
    throw new GatewayError('OTLP_BAD_URL', { reason: '`--otlp` is plain http to another machine' })
  return parseUpstream(text.replace(/\/v1\/(traces|logs)\/?$/, ''), true, '--otlp')
}

async function shipNew(
  context: Context,
  search: Search,
  collector: Collector,
  { positions, save }: ShippingPositions,
): Promise<Sent> {
  const sent: Sent = { records: 0, rejected: 0, reasons: new Set() }
  for (const path of listDayFiles(trafficDirectory(context.stateDirectory()))) {
    for (const block of appended(path, positions)) {
      await shipAll(
        collector,
        [...search.inBlock(block)].map(({ record }) => record),
        sent,
      )
      save()
    }
  }
  return sent
}

interface Sent {
  records: number
  rejected: number
  /** What the collector says of it. */
  readonly reasons: Set<string>
}

/** It is reached as the upstream is: through the same proxy, trusted by the same authorities. */
async function openCollectorAt(context: Context, upstream: Upstream): Promise<Collector> {
  const claude = await readClaudeState(context)
  const headers = parseHeaders(context.env['OTEL_EXPORTER_OTLP_HEADERS'] ?? '')
  const connection = { proxy: findProxy(context, upstream, claude), tls: openTrust(context, claude) }
  return openCollector({ upstream, headers, connection })
}

/** `name=value` with commas between, percent-encoded (https://opentelemetry.io/docs/specs/otel/protocol/exporter/). @throws GatewayError USAGE */
function parseHeaders(text: string): Readonly<Record<string, string>> {
  const entries = text.split(',').filter((part) => part.trim() !== '')
  return Object.fromEntries(
    entries.map((part) => {
      const [, name, value = ''] = /^\s*([\w-]+)\s*=\s*(.*?)\s*$/s.exec(part) ?? []
      if (name === undefined)
        throw new GatewayError('USAGE', {
          reason: 'OTEL_EXPORTER_OTLP_HEADERS must be `name=value`, with commas between',
        })
      return [name, decoded(value)]
    }),
  )
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

async function shipAll(collector: Collector, records: readonly ExchangeRecord[], sent: Sent): Promise<void> {
  for (let start = 0; start < records.length; start += BATCH) {
    const batch = records.slice(start, start + BATCH)
    const { traces, logs } = otlpExport(batch, ownVersion())
    note(sent, await collector.send('traces', traces, batch.length))
    note(sent, await collector.send('logs', logs, batch.length))
    sent.records += batch.length
  }
}

function note(sent: Sent, { rejected, reason }: Remark): void {
  sent.rejected += rejected
  if (reason) sent.reasons.add(reason)
}

function sentence({ records, rejected, reasons }: Sent, collector: string): string {
  if (records === 0) return `nothing new for ${collector}`
  const shipped = `${records} ${records === 1 ? 'exchange' : 'exchanges'} shipped to ${collector}`
  const taken = rejected === 0 ? '' : `, which did not take ${rejected} of their spans and log records`
  return shipped + taken + inItsWords([...reasons])
}

const MOST_REASONS = 3

function inItsWords(reasons: readonly string[]): string {
  const more = reasons.length > MOST_REASONS ? ` (and ${reasons.length - MOST_REASONS} more)` : ''
  return reasons.length === 0 ? '' : `; it says: ${reasons.slice(0, MOST_REASONS).join('; ')}${more}`
}
