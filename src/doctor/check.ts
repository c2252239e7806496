import { GatewayError, messageOf } from '../base/errors.ts'

export type Verdict = 'ok' | 'warn' | 'fail' | 'skipped'

/** What a check found. */
export interface Finding {
  readonly verdict: Verdict
  /** What was seen, or why nothing was looked at: one line, without anything secret. */
  readonly evidence: string
  /** What mends it: one line. */
  readonly remedy?: string
  /** What of Claude Code suffers from it. */
  readonly degrades?: readonly string[]
}

/** What looking costs: `tokens` are paid for, `minutes` of waiting too. */
export type Cost = 'nothing' | 'requests' | 'tokens' | 'minutes'

export interface Check {
  /** In reports and for `--only`: `streaming`. */
  readonly id: string
  readonly title: string
  readonly cost: Cost
  /** Whether it is about this machine, and not about the upstream. */
  readonly isLocal?: boolean
  /** Never throws for what it looks at: that is a finding. */
  run(): Finding | Promise<Finding>
}

export function ok(evidence: string): Finding {
  return { verdict: 'ok', evidence }
}

export function skipped(evidence: string): Finding {
  return { verdict: 'skipped', evidence }
}

type Trouble = Pick<Finding, 'remedy' | 'degrades'>

export function warn(evidence: string, trouble: Trouble = {}): Finding {
  return { verdict: 'warn', evidence, ...trouble }
}

export function fail(evidence: string, trouble: Trouble = {}): Finding {
  return { verdict: 'fail', evidence, ...trouble }
}

/** An error as a finding: what it says, and what it says mends it. */
export function failed(error: unknown): Finding {
  return fail(messageOf(error), error instanceof GatewayError ? { remedy: error.remedy } : {})
}
