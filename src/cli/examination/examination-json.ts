import type { Report } from '../../doctor/examination.ts'
import { degradedFeatures, evidenceOf } from './examination-page.ts'

/** What was found, for scripts. */
export function examinationJson(upstream: string | undefined, reports: readonly Report[]): string {
  return JSON.stringify({
    upstream: upstream ?? null,
    checks: reports.map(checkJson),
    degraded: degradedFeatures(reports),
    failed: reports.some(({ finding }) => finding.verdict === 'fail'),
  })
}

function checkJson(report: Report): object {
  const { id, title, isLocal, finding } = report
  const { verdict, remedy, degrades } = finding
  return {
    id,
    title,
    about: isLocal ? 'machine' : 'upstream',
    verdict,
    evidence: evidenceOf(report),
    ...(remedy && { remedy }),
    ...(degrades && { degrades }),
  }
}
