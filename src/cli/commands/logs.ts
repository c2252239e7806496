import { GatewayError } from '../../base/errors.ts'
import { trafficDirectory } from '../../config/paths.ts'
import { listDayFiles } from '../../log/day-file.ts'
import type { Positions } from '../../log/follow.ts'
import { currentPositions, follow } from '../../log/follow.ts'
import type { Query } from '../../log/query.ts'
import type { Entry } from '../../log/search.ts'
import { Search } from '../../log/search.ts'
import type { Context } from '../context.ts'
import type { Listing } from '../exchange-listing.ts'
import { openJsonListing, openTableListing } from '../exchange-listing.ts'
import { exchangePage } from '../exchange-page.ts'
import type { FilterInput } from '../log-filter.ts'
import { toQuery } from '../log-filter.ts'
import { escapeJson, openPalette, print } from '../output.ts'
import type { Side } from '../sides.ts'

export interface LogsInput extends FilterInput {
  /** How many of the newest; by default 20, and all with `since`. */
  readonly count?: number
  /** A text in the kept bodies. */
  readonly grep?: string
  readonly isFollowing?: boolean
  readonly isJson?: boolean
}

export interface ShowInput {
  readonly id: string
  readonly isJson?: boolean
  /** Prints this body alone. */
  readonly raw?: Side
  /** Without the coding of the wire. */
  readonly isDecoded?: boolean
  /** Unfolds the conversation. */
  readonly isFull?: boolean
}

const DEFAULT_COUNT = 20
const BATCH = 500
const SHORTEST_ID = 4
const UUID_LENGTH = 36

/**
 * `claude-gw logs`: the exchanges that match, newest last, and with `isFollowing` those to come.
 * @returns the exit code @throws GatewayError USAGE, LOG_UNREADABLE
 */
export async function logs(context: Context, input: LogsInput): Promise<number> {
  const query = toQuery(input, new Date())
  const directory = trafficDirectory(context.stateDirectory())
  const positions = input.isFollowing ? currentPositions(directory) : undefined
  const search = new Search(query)
  const listing = input.isJson ? openJsonListing(context) : await openTableListing(context)
  const found =
    input.grep === undefined
      ? find(search, directory, query, countOf(input), positions)
      : await findInBodies(context, input, search)
  const shown = await showAll(found, listing)
  if (shown === undefined) return 0
  if (shown === 0) tellEmpty(context, directory, input.isFollowing === true)
  if (positions) await showAppended(search, listing, directory, positions)
  else tellSkipped(context, search.skipped)
  return 0
}

/**
 * `claude-gw logs show`: one exchange, by its id or the unique beginning or end of it.
 * @returns the exit code @throws GatewayError USAGE, RECORD_NOT_FOUND, LOG_UNREADABLE, BODY_NOT_KEPT, BODY_NO_TEXT
 */
export async function logsShow(context: Context, input: ShowInput): Promise<number> {
  const { line, record } = findOne(trafficDirectory(context.stateDirectory()), input.id.toLowerCase())
  if (input.raw) {
    const { printRawBody } = await import('../raw-body.ts')
    await printRawBody(context, record, { side: input.raw, isDecoded: input.isDecoded === true })
    return 0
  }
  const { stdout } = context
  const json = stdout.isTTY ? escapeJson(line) : line
  if (input.isJson) {
    await print(stdout, `${json}\n`)
    return 0
  }
  const palette = await openPalette(context, stdout)
  const { exchangeTalk } = await import('../exchange-talk.ts')
  const talk = await exchangeTalk(context, record, { palette, isFull: input.isFull === true })
  await print(stdout, `${[exchangePage(record, palette), ...(talk ? [talk] : [])].join('\n\n')}\n`)
  return 0
}

/** `claude-gw logs path`: where the day files are, or will be. @returns the exit code */
export async function logsPath(context: Context): Promise<number> {
  await print(context.stdout, `${trafficDirectory(context.stateDirectory())}\n`)
  return 0
}

function countOf({ count, since }: LogsInput): number | undefined {
  if (count === undefined) return since === undefined ? DEFAULT_COUNT : undefined
  if (Number.isInteger(count) && count >= 0) return count
  throw usage('`-n` must be a whole number, 0 or more')
}

/** With a count from the end of the log, whose size then does not matter; else from where the query begins. */
function find(
  search: Search,
  directory: string,
  query: Query,
  count: number | undefined,
  positions: Positions | undefined,
): Iterable<Entry> {
  const paths = listDayFiles(directory, query.sinceMs)
  const sources = paths.map((path) => ({ path, end: positions && (positions.get(path)?.offset ?? 0) }))
  if (count === undefined) return search.oldestFirst(sources)
  return take(search.newestFirst(sources), count).reverse()
}

/** Only what is kept can be searched, which is seldom what comes next. @throws GatewayError USAGE */
async function findInBodies(context: Context, input: LogsInput, search: Search): Promise<Entry[]> {
  const { grep = '', isFollowing } = input
  if (grep === '') throw usage('`--grep` needs a text to look for')
  if (isFollowing) throw usage('`--grep` does not go together with `--follow`')
  const { grepBodies } = await import('../body-grep.ts')
  const directory = trafficDirectory(context.stateDirectory())
  const sources = listDayFiles(directory, toQuery(input, new Date()).sinceMs).map((path) => ({ path }))
  return (await grepBodies(context, search.newestFirst(sources), grep, countOf(input))).reverse()
}

function take(entries: Iterable<Entry>, count: number): Entry[] {
  const taken: Entry[] = []
  if (count === 0) return taken
  for (const entry of entries) if (taken.push(entry) === count) break
  return taken
}

/** @returns how many, or undefined when nobody reads any more */
async function showAll(entries: Iterable<Entry>, listing: Listing): Promise<number | undefined> {
  let shown = 0
  let batch: Entry[] = []
  for (const entry of entries) {
    shown += 1
    if (batch.push(entry) < BATCH) continue
    if (!(await listing(batch))) return undefined
    batch = []
  }
  return batch.length === 0 || (await listing(batch)) ? shown : undefined
}

async function showAppended(
  search: Search,
  listing: Listing,
  directory: string,
  positions: Positions,
): Promise<void> {
  for await (const block of follow(directory, positions, new AbortController().signal)) {
    if ((await showAll(search.inBlock(block), listing)) === undefined) return
  }
}

function findOne(directory: string, id: string): Entry {
  if (id.length < SHORTEST_ID || !/^[0-9a-f-]+$/.test(id)) {
    throw usage(`\`${id}\`: give an id, or at least ${SHORTEST_ID} characters of its beginning or end`)
  }
  const sources = listDayFiles(directory).map((path) => ({ path }))
  const [entry, other] = take(new Search({ id }).newestFirst(sources), id.length === UUID_LENGTH ? 1 : 2)
  if (!entry) throw new GatewayError('RECORD_NOT_FOUND', { id, path: directory })
  if (!other) return entry
  throw usage(
    `several exchanges have an id with \`${id}\`, such as ${entry.record.id} and ${other.record.id}`,
  )
}

function tellEmpty(context: Context, directory: string, isFollowing: boolean): void {
  if (context.options.isQuiet) return
  const isNew = listDayFiles(directory).length === 0
  const what = isNew ? `No exchange is recorded yet in ${directory}` : `No exchange matches in ${directory}`
  const hint = isNew ? '\nMake the first one with `claude-gw run -p hello`' : ''
  context.stderr.write(`${what}${hint}${isFollowing ? '\nWaiting for what comes' : ''}\n`)
}

function tellSkipped(context: Context, count: number): void {
  if (count === 0 || context.options.isQuiet) return
  const lines = count === 1 ? '1 line is no record and was' : `${count} lines are no records and were`
  context.stderr.write(`${lines} left out\n`)
}

function usage(reason: string): GatewayError {
  return new GatewayError('USAGE', { reason })
}
