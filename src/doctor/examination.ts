import { reasonOf } from '../base/errors.ts'
import type { Check, Cost, Finding } from './check.ts'
import { fail, skipped } from './check.ts'

/** A check and what it found. */
export interface Report {
  readonly id: string
  readonly title: string
  /** Whether it is about this machine, and not about the upstream. */
  readonly isLocal: boolean
  readonly finding: Finding
}

export interface ExaminationOptions {
  /** What may be spent. */
  readonly costs: ReadonlySet<Cost>
  /** Told before one is run and when it has found something. */
  readonly onBegin?: (check: Check) => void
  /** Waited for. */
  readonly onReport: (report: Report) => unknown
}

const OPTION: Readonly<Record<Cost, string>> = {
  nothing: '',
  requests: 'not asked with `--offline`',
  tokens: '`--live` asks; it costs a few tokens',
  minutes: '`--slow` asks; it takes minutes, and tokens',
}

/** Runs checks one after another, in their order, which goes from causes to what they cause. */
export async function examine(
  checks: readonly Check[],
  { costs, onBegin, onReport }: ExaminationOptions,
): Promise<readonly Report[]> {
  const reports: Report[] = []
  for (const check of checks) {
    const { id, title, cost, isLocal = false } = check
    if (costs.has(cost)) onBegin?.(check)
    const finding = costs.has(cost) ? await find(check) : skipped(OPTION[cost])
    const report = { id, title, isLocal, finding }
    reports.push(report)
    await onReport(report)
  }
  return reports
}

/** A fault of a check itself is told, and stops no other. */
async function find(check: Check): Promise<Finding> {
  try {
    return await check.run()
  } catch (error) {
    return fail(`this check broke off: ${reasonOf(error)}`)
  }
}
