import type { Context } from '../context.ts'
import { leftOutNotes } from '../logs/search-notes.ts'
import type { UsageFacts } from './usage-json.ts'
import type { UsageAnswer } from './usage-rows.ts'

/** What was read. */
export interface ReadFacts extends Pick<UsageFacts, 'source' | 'skippedLines'> {
  readonly directory: string
  /** Of the skipped lines, those that a newer claude-gw wrote. */
  readonly newerLines: number
  readonly isEmpty: boolean
}

/** Tells a person what the numbers leave out. */
export function tellUsageNotes({ stderr, options }: Context, answer: UsageAnswer, source: ReadFacts): void {
  if (options.isQuiet) return
  const { unknown_costs, unknown_usages } = answer.totals
  const notes = [
    answer.rowCount === 0 && emptyNote(source),
    unknown_costs > 0 && `The cost of ${requests(unknown_costs)} is unknown, and in no sum`,
    unknown_usages > 0 && `The tokens of ${requests(unknown_usages)} are unknown, and in no sum`,
    ...leftOutNotes({ skipped: source.skippedLines - source.newerLines, newer: source.newerLines }),
  ]
  for (const note of notes) if (note) stderr.write(`${note}\n`)
}

function emptyNote({ source, directory, isEmpty }: ReadFacts): string {
  if (!isEmpty) return `No exchange matches in ${directory}`
  const hint =
    source === 'ledger' ? '\nOlder exchanges may be in the traffic log: `claude-gw usage --from log`' : ''
  return `No exchange is recorded yet in ${directory}${hint}\nMake the first one with \`claude-gw run -p hello\``
}

function requests(count: number): string {
  return count === 1 ? '1 request' : `${count} requests`
}
