import { GatewayError } from '../../base/errors.ts'
import { trafficDirectory } from '../../config/paths.ts'
import type { Positions } from '../../log/follow.ts'
import { currentPositions, follow } from '../../log/follow.ts'
import type { Entry, Search } from '../../log/search.ts'
import { tellUnknownVariables } from '../config/variable-notes.ts'
import type { Context } from '../context.ts'
import type { Listing } from '../logs/exchange-listing.ts'
import { openJsonListing, openTableListing } from '../logs/exchange-listing.ts'
import { openFieldListing, parseFields } from '../logs/field-listing.ts'
import type { Finding } from '../logs/found-exchanges.ts'
import { findExchanges } from '../logs/found-exchanges.ts'
import { tellBodiless, withBodies, withTextInBodies } from '../logs/grep-option.ts'
import { inGroups } from '../logs/in-groups.ts'
import type { FilterInput } from '../logs/log-filter.ts'
import { toQuery } from '../logs/log-filter.ts'
import { tellEmpty, tellSkipped } from '../logs/search-notes.ts'

export interface LogsInput extends FilterInput {
  /** How many of the newest; by default 20, and all with `since`. */
  readonly count?: number
  readonly isFollowing?: boolean
  readonly isJson?: boolean
  /** A text in the kept bodies. */
  readonly grep?: string
  /** Names of fields with commas between. */
  readonly fields?: string
}

const DEFAULT_COUNT = 20
const BATCH = 500

/**
 * `claude-gw logs`: the exchanges that match, newest last, and with `isFollowing` those to come.
 * @returns the exit code @throws GatewayError USAGE, LOG_UNREADABLE
 */
export async function logs(context: Context, input: LogsInput): Promise<number> {
  const isGrep = input.grep !== undefined
  const query = toQuery(context, input, new Date())
  const count = countOf(input)
  const listing = await openListing(context, input)
  tellUnknownVariables(context)
  const directory = trafficDirectory(context.stateDirectory())
  const positions = input.isFollowing ? currentPositions(directory) : undefined
  const found = findExchanges(context, directory, isGrep ? withBodies(query) : query, { count, positions })
  const { search, progress } = found
  const parts = isGrep ? await inBodies(context, input, found, count) : [found.entries]
  const shown = await showAll(parts, (batch) => {
    progress.end()
    return listing(batch)
  })
  progress.end()
  if (shown === undefined) return 0
  if (shown === 0) tellEmpty(context, directory, input.isFollowing === true)
  if (shown === 0 && isGrep) tellBodiless(context, directory, query)
  if (positions) await showAppended(search, listing, directory, positions)
  else tellSkipped(context, search)
  return 0
}

/** Entries as they are found. */
type Parts = Iterable<Iterable<Entry>> | AsyncIterable<Iterable<Entry>>

/** Only what is kept can be searched, which is seldom what comes next. @throws GatewayError USAGE */
async function inBodies(
  context: Context,
  { grep = '', isFollowing }: LogsInput,
  found: Finding,
  count: number | undefined,
): Promise<Parts> {
  if (isFollowing)
    throw new GatewayError('USAGE', { reason: '`--grep` does not go together with `--follow`' })
  return withTextInBodies(context, found, grep, count)
}

function openListing(context: Context, { fields, isJson }: LogsInput): Listing | Promise<Listing> {
  if (fields !== undefined) return openFieldListing(context, parseFields(fields), isJson === true)
  return isJson ? openJsonListing(context) : openTableListing(context)
}

function countOf({ count, since }: LogsInput): number | undefined {
  return count ?? (since === undefined ? DEFAULT_COUNT : undefined)
}

/** @returns how many, or undefined when nobody reads any more */
async function showAll(parts: Parts, listing: Listing): Promise<number | undefined> {
  let shown = 0
  for await (const entries of parts) {
    for (const batch of inGroups(entries, BATCH)) {
      if (!(await listing(batch))) return undefined
      shown += batch.length
    }
  }
  return shown
}

async function showAppended(
  search: Search,
  listing: Listing,
  directory: string,
  positions: Positions,
): Promise<void> {
  for await (const block of follow(directory, positions, new AbortController().signal)) {
    if ((await showAll([search.inBlock(block)], listing)) === undefined) return
  }
}
