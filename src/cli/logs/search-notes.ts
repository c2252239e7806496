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
  const isOne = skipped === 1
  if (skipped > 0) {
    stderr.write(
      `${isOne ? '1 line is no record and was' : `${skipped} lines are no records and were`} left out\n`,
    )
  }
  if (newer === 0) return
  const lines = newer === 1 ? '1 line was' : `${newer} lines were`
  stderr.write(`${lines} written by a newer claude-gw, and left out: update this one to see them\n`)
}
