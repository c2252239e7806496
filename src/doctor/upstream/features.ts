import type { UpstreamFeatures } from '../../config/upstream-features.ts'
import type { Report } from '../examination.ts'

/** What each feature of Claude Code needs of an upstream, by the checks that tell it. */
const NEEDS = {
  toolSearch: ['betas', 'fields'],
  fineGrainedStreaming: ['streaming', 'stream-end'],
} as const

/** What reports say of features of Claude Code; nothing of those whose checks did not all come to something. */
export function featuresIn(reports: readonly Report[]): UpstreamFeatures {
  const toolSearch = passes(reports, NEEDS.toolSearch)
  const fineGrainedStreaming = passes(reports, NEEDS.fineGrainedStreaming)
  return {
    ...(toolSearch !== undefined && { toolSearch }),
    ...(fineGrainedStreaming !== undefined && { fineGrainedStreaming }),
  }
}

function passes(reports: readonly Report[], ids: readonly string[]): boolean | undefined {
  const verdicts = ids.map((id) => reports.find((report) => report.id === id)?.finding.verdict)
  if (verdicts.some((verdict) => verdict === 'fail' || verdict === 'warn')) return false
  return verdicts.every((verdict) => verdict === 'ok') ? true : undefined
}
