import type { InvocationKind } from '../claude/invocation.ts'
import type { SettingsLayer } from '../claude/layer.ts'
import type { TranscriptEvidence } from '../claude/transcripts.ts'
import type { Routing } from './diversion.ts'
import type { SettingsKey } from './routing-keys.ts'
import { addressKeys } from './routing-keys.ts'

export interface RoutingReport {
  readonly invocation: InvocationKind
  /** Requests that reached the gateway. */
  readonly requestsSeen: number
  /** An answer in the transcripts of the child, newer than the last one that came through the gateway. */
  readonly evidence: TranscriptEvidence | undefined
  readonly layers: readonly SettingsLayer[]
  readonly routing: Routing['kind']
}

/**
 * What to tell the user about requests that did not come through the gateway; undefined if there is nothing to tell.
 * Without evidence only settings that really lead away are named.
 */
export function describeRouting(report: RoutingReport): string | undefined {
  if (report.invocation !== 'session') return undefined
  if (report.requestsSeen > 0 && report.evidence === undefined) return undefined
  const cause = addressKeys(report.layers).find((key) => leadsAway(key, report.routing))
  if (report.evidence === undefined) {
    return cause && `no request came through claude-gw: ${nameOf(cause)} leads elsewhere`
  }
  const { sessionId, file } = report.evidence
  const extent = report.requestsSeen > 0 ? 'the last ones did not come' : 'none came'
  const proof = `session ${sessionId} got answers (${file}), but ${extent} through claude-gw`
  return cause
    ? `${proof}: the likely cause is ${nameOf(cause)}`
    : `${proof}, and no settings file that was read names another address`
}

/** Where something was done about settings, only managed ones still lead away. */
function leadsAway({ layer }: SettingsKey, routing: Routing['kind']): boolean {
  return routing === 'none' || layer.scope === 'managed'
}

function nameOf({ layer, key }: SettingsKey): string {
  return `${key} in ${layer.origin}`
}
