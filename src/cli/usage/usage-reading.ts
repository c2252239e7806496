import { ledgerDirectory, trafficDirectory } from '../../config/paths.ts'
import { listDayFiles } from '../../log/day-file.ts'
import { listMonthFiles } from '../../log/ledger-files.ts'
import type { UsageScanOptions } from '../../log/usage-scan.ts'
import { UsageScan } from '../../log/usage-scan.ts'
import type { Axis } from '../../usage/groups.ts'
import { Groups } from '../../usage/groups.ts'
import type { Context } from '../context.ts'
import { openScanProgress } from '../logs/scan-progress.ts'
import type { UsageQuestion } from './usage-question.ts'

/** What was read, and what it adds up to. */
export interface UsageReading {
  readonly groups: Groups
  readonly directory: string
  /** All files of the directory. */
  readonly paths: readonly string[]
  readonly skippedLines: number
  /** Those of them that a newer claude-gw wrote. */
  readonly newerLines: number
}

const SOURCES = {
  ledger: { directoryOf: ledgerDirectory, listFiles: listMonthFiles },
  log: { directoryOf: trafficDirectory, listFiles: listDayFiles },
} as const

/** Reads what is asked for, and shows at a terminal how far it is. @throws GatewayError LOG_UNREADABLE */
export function readUsage(
  context: Context,
  { source, range, filters }: UsageQuestion,
  axes: readonly Axis[],
  options: Omit<UsageScanOptions, 'range' | 'onBytes'>,
): UsageReading {
  const { directoryOf, listFiles } = SOURCES[source]
  const directory = directoryOf(context.stateDirectory())
  const read = listFiles(directory, range.sinceMs)
  const progress = openScanProgress(context, read)
  const scan = new UsageScan({ ...options, range, onBytes: progress.advance })
  const groups = new Groups(axes, filters)
  try {
    for (const cells of scan.cells(read)) groups.add(cells)
  } finally {
    progress.end()
  }
  return {
    groups,
    directory,
    paths: listFiles(directory),
    skippedLines: scan.skipped,
    newerLines: scan.newer,
  }
}
