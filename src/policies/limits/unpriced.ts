import type { LimitRule } from '../../config/limit-rule.ts'
import { shownName } from '../../config/shown-name.ts'
import type { ExchangeRecord } from '../../exchange/exchange.ts'
import type { Subject } from './subject.ts'
import { isMeant } from './subject.ts'

/** A session has few models; names come off the wire. */
const MOST_TOLD = 20

/** Tells once of each model whose answers have no price that limits in USD do not count them. */
export function unpricedTeller(
  rules: readonly LimitRule[],
  onTrouble: (reason: string) => void,
): (record: ExchangeRecord, subject: Subject) => void {
  const inUsd = rules.filter(({ what }) => what === 'usd')
  const told = new Set<string>()
  return (record, subject) => {
    const { cost_usd, cost_usd_reason = '', usage, outcome } = record
    if (cost_usd !== null || !usage || outcome !== 'ok') return
    const rule = inUsd.find(({ match }) => isMeant(subject, match))
    const model = shownName(record.response_model ?? record.upstream_model ?? record.model ?? '')
    if (!rule || told.has(model) || told.size >= MOST_TOLD) return
    told.add(model)
    onTrouble(`limit ${rule.name} does not count what \`${model}\` costs: ${cost_usd_reason}`)
  }
}
