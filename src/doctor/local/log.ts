import type { LogFile, LogFolders, Retention } from '../../log/retention.ts'
import { planPrune } from '../../log/retention.ts'
import type { Check, Finding } from '../check.ts'
import { ok, warn } from '../check.ts'
import type { Fact } from '../fact.ts'
import { given } from '../fact.ts'
import { sizeText } from './size-text.ts'

export interface LogFacts {
  readonly folders: LogFolders
  readonly retention: Retention
  readonly nowMs: () => number
}

/** How large the traffic log is, and whether it keeps to what is configured. */
export function logCheck(facts: Fact<LogFacts>): Check {
  return {
    id: 'log',
    title: 'the traffic log keeps to its limits',
    cost: 'nothing',
    run: () => given(facts, 'config', judge),
  }
}

async function judge({ folders, retention, nowMs }: LogFacts): Promise<Finding> {
  const { doomed, kept } = await planPrune(folders, retention, nowMs())
  const limits = `of ${sizeText(retention.bytes)} and ${retention.days} days`
  const size = sizeText(bytesOf([...doomed, ...kept]))
  if (doomed.length === 0) return ok(`${size} ${limits}`)
  const files = doomed.length === 1 ? '1 file is' : `${doomed.length} files are`
  return warn(`${size} ${limits}; ${files} beyond that (${sizeText(bytesOf(doomed))})`, {
    remedy: '`claude-gw logs prune` deletes them, as the next run does',
  })
}

function bytesOf(files: readonly LogFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}
