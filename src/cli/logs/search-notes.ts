import { listDayFiles } from '../../log/day-file.ts'
import type { Search } from '../../log/search.ts'
import type { Context } from '../context.ts'

/** Says on stderr that nothing was found, and what to do where there is nothing yet. */
export function tellEmpty(context: Context, directory: string, isFollowing: boolean): void {
  if (context.options.isQuiet) return
  const isNew = listDayFiles(directory).length === 0
  const what = isNew ? `No exchange is recorded yet in ${directory}` : `No exchange matches in ${directory}`
  const hint = isNew ? '\nMake the first one with `claude-gw run -p hello`' : ''
  context.stderr.write(`${what}${hint}${isFollowing ? '\nWaiting for what comes' : ''}\n`)
}

/** Says on stderr how many lines were looked at and left out, if any. */
export function tellSkipped({ options, stderr }: Context, { skipped, newer }: Search): void {
  if (options.isQuiet) return
  for (const note of leftOutNotes({ skipped, newer })) stderr.write(`${note}\n`)
}

/** What is said of lines that were left out: those that are no record of any version, and those of one to come. */
export function leftOutNotes({ skipped, newer }: Pick<Search, 'skipped' | 'newer'>): readonly string[] {
  const foreign = skipped === 1 ? '1 line is no record and was' : `${skipped} lines are no records and were`
  const lines = newer === 1 ? '1 line was' : `${newer} lines were`
  return [
    ...(skipped > 0 ? [`${foreign} left out`] : []),
    ...(newer > 0
      ? [`${lines} written by a newer claude-gw, and left out: update this one to see them`]
      : []),
  ]
}
