import { GatewayError } from '../../base/errors.ts'
import { listDayFiles } from '../../log/day-file.ts'
import type { Positions } from '../../log/follow.ts'
import type { Query } from '../../log/query.ts'
import type { Entry, Source } from '../../log/search.ts'
import { Search } from '../../log/search.ts'
import type { Context } from '../context.ts'
import type { ScanProgress } from './scan-progress.ts'
import { openScanProgress } from './scan-progress.ts'

/** A search that has not begun, and how far it is while its entries are taken. */
export interface Finding {
  readonly search: Search
  /** Oldest first. */
  readonly entries: Iterable<Entry>
  /** What is searched, for who takes the entries in another way. */
  readonly sources: readonly Source[]
  readonly progress: ScanProgress
}

export interface FindOptions {
  /** How many of the newest; without it, all. */
  readonly count?: number | undefined
  /** Where what is already there ends, if more is awaited. */
  readonly positions?: Positions | undefined
}

/**
 * Looks through the log: with a count from its end, so that its size does not matter; else from where the query begins.
 * @throws GatewayError USAGE; LOG_UNREADABLE, also while the entries are taken
 */
export function findExchanges(
  context: Context,
  directory: string,
  query: Query,
  { count, positions }: FindOptions = {},
): Finding {
  if (count !== undefined && !(Number.isSafeInteger(count) && count >= 0)) {
    throw usage('`-n` must be a whole number, 0 or more')
  }
  const sources = sourcesOf(directory, query, positions)
  const progress = openScanProgress(
    context,
    sources.map(({ path }) => path),
  )
  const search = new Search(query, { onRead: progress.advance })
  const newest = function* () {
    yield* take(search.newestFirst(sources), count ?? 0).reverse()
  }
  const entries = count === undefined ? search.oldestFirst(sources) : newest()
  return { search, progress, entries, sources }
}

/** Whether there is any that matches; the newest are looked at first. @throws GatewayError LOG_UNREADABLE */
export function hasExchange(directory: string, query: Query): boolean {
  const [newest] = new Search(query).newestFirst(sourcesOf(directory, query, undefined))
  return newest !== undefined
}

const SHORTEST_ID = 4
const UUID_LENGTH = 36

/**
 * The exchange of an id, or of the unique beginning or end of one.
 * @throws GatewayError USAGE, RECORD_NOT_FOUND, LOG_UNREADABLE
 */
export function findExchange(context: Context, directory: string, typed: string): Entry {
  const id = typed.toLowerCase()
  if (id.length < SHORTEST_ID || !/^[0-9a-f-]+$/.test(id)) {
    throw usage(`\`${id}\`: give an id, or at least ${SHORTEST_ID} characters of its beginning or end`)
  }
  const count = id.length === UUID_LENGTH ? 1 : 2
  const { entries, progress } = findExchanges(context, directory, { id }, { count })
  const [entry, other] = [...entries].reverse()
  progress.end()
  if (!entry) throw new GatewayError('RECORD_NOT_FOUND', { id, path: directory })
  if (!other) return entry
  throw usage(
    `several exchanges have an id with \`${id}\`, such as ${entry.record.id} and ${other.record.id}`,
  )
}

/** A record is in the file of the day when it ended, so `until` leaves out no file. */
function sourcesOf(
  directory: string,
  { sinceMs }: Query,
  positions: Positions | undefined,
): readonly Source[] {
  return listDayFiles(directory, sinceMs).map((path) => {
    return { path, end: positions && (positions.get(path)?.offset ?? 0) }
  })
}

function take(entries: Iterable<Entry>, count: number): Entry[] {
  const taken: Entry[] = []
  if (count === 0) return taken
  for (const entry of entries) if (taken.push(entry) === count) break
  return taken
}

function usage(reason: string): GatewayError {
  return new GatewayError('USAGE', { reason })
}
