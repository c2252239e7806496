import { GatewayError } from '../base/errors.ts'
import { shippingDirectory, trafficDirectory } from '../config/paths.ts'
import type { ExchangeRecord } from '../exchange/exchange.ts'
import { listDayFiles } from '../log/day-file.ts'
import { appended } from '../log/follow.ts'
import { otlpExport } from '../log/otlp.ts'
import { Search } from '../log/search.ts'
import { parseUpstream } from '../network/url.ts'
import { readClaudeState } from './claude-state.ts'
import type { Collector } from './collector.ts'
import { openCollector } from './collector.ts'
import type { Context } from './context.ts'
import type { FilterInput } from './log-filter.ts'
import { toQuery } from './log-filter.ts'
import { findProxy } from './proxy.ts'
import { tellSkipped } from './search-notes.ts'
import { openShippingPositions } from './shipping-positions.ts'
import { openTrust } from './tls.ts'
import { ownVersion } from './version.ts'

export interface ShippingInput extends FilterInput {
  /** The URL of the collector, as OTEL_EXPORTER_OTLP_ENDPOINT has it. */
  readonly collector: string
  /** Whether what was shipped before is shipped again. */
  readonly isAnew: boolean
}

const BATCH = 500

/**
 * Ships what was logged since the last time to a collector, as spans and as log records; what it has taken is noted, so that a call that
 * breaks off goes on there. A record can arrive twice if it breaks off between the two.
 * @returns the exit code @throws GatewayError CONFIG_BAD_VALUE, OTLP_REFUSED, LOG_UNREADABLE, USAGE
 */
export async function shipToCollector(context: Context, input: ShippingInput): Promise<number> {
  const directory = trafficDirectory(context.stateDirectory())
  const search = new Search(toQuery(context, input, new Date()))
  const collector = await openCollectorAt(context, input.collector)
  const { positions, save } = openShippingPositions(
    shippingDirectory(context.stateDirectory()),
    collector.name,
  )
  if (input.isAnew) positions.clear()
  const sent = { records: 0, rejected: 0 }
  try {
    for (const path of listDayFiles(directory)) {
      for (const block of appended(path, positions)) {
        await shipAll(
          collector,
          [...search.inBlock(block)].map(({ record }) => record),
          sent,
        )
        save()
      }
    }
  } finally {
    collector.close()
  }
  tellSkipped(context, search)
  if (!context.options.isQuiet) context.stderr.write(`claude-gw: ${sentence(sent, collector.name)}\n`)
  return sent.rejected > 0 ? 5 : 0
}

type NamedCollector = Collector & { readonly name: string }

/** It is reached as the upstream is: through the same proxy, trusted by the same authorities. */
async function openCollectorAt(context: Context, url: string): Promise<NamedCollector> {
  const upstream = parseUpstream(url, true, '--otlp')
  const claude = await readClaudeState(context)
  const proxy = findProxy(context, upstream, claude)
  const headers = parseHeaders(context.env['OTEL_EXPORTER_OTLP_HEADERS'] ?? '')
  const connection = { proxy, tls: openTrust(context, claude) }
  return { ...openCollector({ upstream, headers, connection }), name: upstream.name }
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

async function shipAll(
  collector: Collector,
  records: readonly ExchangeRecord[],
  sent: { records: number; rejected: number },
): Promise<void> {
  for (let start = 0; start < records.length; start += BATCH) {
    const batch = records.slice(start, start + BATCH)
    const { traces, logs } = otlpExport(batch, ownVersion())
    sent.rejected += await collector.send('traces', traces)
    sent.rejected += await collector.send('logs', logs)
    sent.records += batch.length
  }
}

function sentence({ records, rejected }: { records: number; rejected: number }, collector: string): string {
  if (records === 0) return `nothing new for ${collector}`
  const shipped = `${records} ${records === 1 ? 'exchange' : 'exchanges'} shipped to ${collector}`
  return rejected === 0
    ? shipped
    : `${shipped}, which did not take ${rejected} of their spans and log records`
}
