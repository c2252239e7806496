import type { AccountState } from './account-state.ts'
import { inFlightDirectory } from './in-flight-file.ts'
import type { ReportReader } from './in-flight-reports.ts'
import { InFlightReports } from './in-flight-reports.ts'
import type { Subject } from './subject.ts'
import { groupOf } from './subject.ts'

export interface PublishedQuery extends Omit<ReportReader, 'directory'> {
  readonly ledgerDirectory: string
  /** The run that is preferred: only it knows its own limits. */
  readonly runId?: string | undefined
  /** Whom the limits shall be for, where they count apart. */
  readonly subject: Subject
}

/** How limits stand, as a running gateway has last told; for programs that have no gateway, such as the status line. */
export function publishedAccounts(query: PublishedQuery, nowMs: number): readonly AccountState[] {
  const { ledgerDirectory, runId, subject } = query
  const reports = new InFlightReports({ ...query, directory: inFlightDirectory(ledgerDirectory) }).list(nowMs)
  const own = reports.find((report) => report.runId === runId)
  const accounts = (own ?? reports.at(-1))?.accounts ?? []
  return accounts.filter(({ rule, group, resetsAtMs = Number.POSITIVE_INFINITY }) => {
    const isOfRun = own !== undefined || rule.per !== 'run'
    return isOfRun && resetsAtMs > nowMs && group === groupOf(subject, rule.by)
  })
}
