import type { Report } from '../doctor/examination.ts'
import { degradedFeatures, evidenceOf } from './examination-page.ts'

/** What was found, for scripts. */
export function examinationJson(upstream: string, reports: readonly Report[]): string {
  return JSON.stringify({
    upstream,
    checks: reports.map(({ id, title, finding }) => ({
      id,
      title,
      verdict: finding.verdict,
      evidence: evidenceOf(finding),
      ...(finding.remedy && { remedy: finding.remedy }),
      ...(finding.degrades && { degrades: finding.degrades }),
    })),
    degraded: degradedFeatures(reports),
    failed: reports.some(({ finding }) => finding.verdict === 'fail'),
  })
}
