import { GatewayError } from '../../base/errors.ts'
import { trafficDirectory } from '../../config/paths.ts'
import type { ExchangeRecord } from '../../exchange/exchange.ts'
import { HAR_END, harEntry, harStart } from '../../log/har.ts'
import type { Entry } from '../../log/search.ts'
import { tellUnknownVariables } from '../config/variable-notes.ts'
import type { Context } from '../context.ts'
import { BODY_FILE, curlCommand } from '../logs/curl-command.ts'
import type { ExportTarget } from '../logs/export-target.ts'
import { openExport } from '../logs/export-target.ts'
import { findExchange, findExchanges } from '../logs/found-exchanges.ts'
import { tellBodiless, withBodies, withTextInBodies } from '../logs/grep-option.ts'
import { inGroups } from '../logs/in-groups.ts'
import type { BothBodies } from '../logs/kept-body.ts'
import { decodeBody, findBodies } from '../logs/kept-body.ts'
import type { FilterInput } from '../logs/log-filter.ts'
import { toQuery } from '../logs/log-filter.ts'
import { tellEmpty, tellSkipped } from '../logs/search-notes.ts'
import { SIDES } from '../logs/sides.ts'
import { escapeControls } from '../output.ts'
import { ownVersion } from '../version.ts'

export interface LogsExportInput extends FilterInput {
  /** How many of the newest; without it, all. */
  readonly count?: number
  readonly isJsonLines?: boolean
  readonly isHar?: boolean
  /** The URL of a collector of OpenTelemetry, */
  readonly otlp?: string
  /** to which also what it has already is shipped. */
  readonly isAnew?: boolean
  /** The id of an exchange. */
  readonly curl?: string
  /** Path of a file. */
  readonly output?: string
  readonly canOverwrite?: boolean
  /** A text in the kept bodies. */
  readonly grep?: string
  /** Options of `logs` that an export does not have, as they may stand before `export`. */
  readonly fields?: string
  readonly json?: boolean
  readonly follow?: boolean
}

/** How entries become text, so many at once. */
interface Form {
  readonly start: string
  readonly between: string
  readonly end: string
  readonly batch: number
  readonly textsOf: (entries: readonly Entry[]) => Promise<readonly string[]>
}

const JSON_LINES: Form = {
  start: '',
  between: '',
  end: '',
  batch: 500,
  textsOf: async (entries) => entries.map(({ line }) => `${line}\n`),
}

/** Each may have bodies of megabytes. */
const HAR_BATCH = 25

/**
 * `claude-gw logs export`: what matches, for other programs.
 * @returns the exit code @throws GatewayError USAGE, RECORD_NOT_FOUND, LOG_UNREADABLE, EXPORT_EXISTS, EXPORT_UNWRITABLE
 */
export async function logsExport(context: Context, input: LogsExportInput): Promise<number> {
  const { curl, isHar, isJsonLines, otlp } = input
  if ([curl !== undefined, isHar, isJsonLines, otlp !== undefined].filter(Boolean).length !== 1) {
    throw new GatewayError('USAGE', {
      reason: 'give one of `--jsonl`, `--har`, `--otlp URL` and `--curl ID`',
    })
  }
  rejectForeign(input)
  tellUnknownVariables(context)
  if (otlp !== undefined) return ship(context, input)
  return curl === undefined ? exportAll(context, input) : exportCurl(context, input, curl)
}

/** @throws GatewayError USAGE for what only a file can have */
async function ship(context: Context, input: LogsExportInput): Promise<number> {
  const { count, output, canOverwrite, grep, isAnew = false, otlp, ...rest } = input
  if (count !== undefined || output !== undefined || canOverwrite || grep !== undefined) {
    const reason = '`-n`, `--grep`, `--output` and `--force` do not go together with `--otlp`'
    throw new GatewayError('USAGE', { reason })
  }
  const { isHar: _har, isJsonLines: _lines, curl: _id, ...filters } = rest
  const { shipToCollector } = await import('../logs/otlp-shipping.ts')
  return shipToCollector(context, { ...filters, collector: otlp ?? '', isAnew })
}

/** What would be passed over in silence. @throws GatewayError USAGE */
function rejectForeign({ fields, json, follow, grep, curl }: LogsExportInput): void {
  const [foreign] = Object.entries({ fields, json, follow }).find(([, value]) => value !== undefined) ?? []
  if (foreign) {
    const reason = `\`--${foreign}\` does not go together with \`export\`, which writes whole records`
    throw new GatewayError('USAGE', { reason })
  }
  if (grep === undefined || curl === undefined) return
  throw new GatewayError('USAGE', {
    reason: '`--grep` does not go together with `--curl`, which takes an id',
  })
}

async function exportAll(context: Context, input: LogsExportInput): Promise<number> {
  const { grep, count } = input
  const query = toQuery(context, input, new Date())
  const directory = trafficDirectory(context.stateDirectory())
  const found = findExchanges(context, directory, grep === undefined ? query : withBodies(query), { count })
  const { search, progress } = found
  const parts = grep === undefined ? [found.entries] : await withTextInBodies(context, found, grep, count)
  const shown = await writing(context, input, (target) =>
    writeAll(target, parts, input.isHar ? har(context) : JSON_LINES, progress.end),
  )
  progress.end()
  if (shown === 0) tellEmpty(context, directory, false)
  if (shown === 0 && grep !== undefined) tellBodiless(context, directory, query)
  tellSkipped(context, search)
  return 0
}

async function exportCurl(context: Context, input: LogsExportInput, id: string): Promise<number> {
  const { record } = findExchange(context, trafficDirectory(context.stateDirectory()), id)
  const isSeen = context.stdout.isTTY && input.output === undefined
  // Newlines are ours only: a quoted word has none, since neither a URL nor a header can.
  const command = curlCommand(record)
  const text = isSeen ? command.split('\n').map(escapeControls).join('\n') : command
  await writing(context, input, (target) => target.write(`${text}\n`))
  if (context.options.isQuiet) return 0
  const upstream = escapeControls(record.upstream)
  context.stderr.write(`claude-gw: the command takes the key of ${upstream} from the variable UPSTREAM_KEY\n`)
  if (record.request_bytes > 0 && !record.request_body) {
    context.stderr.write(`claude-gw: the body of this request is not kept; the command takes ${BODY_FILE}\n`)
  }
  return 0
}

async function writing<T>(
  context: Context,
  { output, canOverwrite = false }: LogsExportInput,
  write: (target: ExportTarget) => Promise<T>,
): Promise<T> {
  const target = openExport(context, { path: output, canOverwrite })
  try {
    const result = await write(target)
    target.close()
    return result
  } catch (error) {
    target.discard()
    throw error
  }
}

function har(context: Context): Form {
  const textsOf = async (entries: readonly Entry[]) => {
    const records = entries.map(({ record }) => record)
    const bodies = await findBodies(context, records)
    return Promise.all(records.map((record, index) => harText(record, bodies[index])))
  }
  return { start: harStart(ownVersion()), between: ',\n', end: HAR_END, batch: HAR_BATCH, textsOf }
}

async function harText(record: ExchangeRecord, bodies: BothBodies | undefined): Promise<string> {
  const decoded = SIDES.map(async (side) => {
    const kept = bodies?.[side]
    const found = kept && 'bytes' in kept ? await decodeBody(record, side, kept.bytes) : undefined
    return found && 'bytes' in found ? [[side, found.bytes] as const] : []
  })
  const known = (await Promise.all(decoded)).flat()
  return JSON.stringify(harEntry(record, Object.fromEntries(known)))
}

/** @returns how many */
async function writeAll(
  target: ExportTarget,
  parts: Iterable<Iterable<Entry>> | AsyncIterable<Iterable<Entry>>,
  { start, between, end, batch, textsOf }: Form,
  beforeWrite: () => void,
): Promise<number> {
  let shown = 0
  let pending = start
  for await (const entries of parts) {
    for (const group of inGroups(entries, batch)) {
      const texts = await textsOf(group)
      pending += (shown > 0 ? between : '') + texts.join(between)
      shown += group.length
      beforeWrite()
      if (!(await target.write(pending))) return shown
      pending = ''
    }
  }
  await target.write(pending + end)
  return shown
}
