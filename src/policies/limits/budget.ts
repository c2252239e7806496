import type { AccountState } from './account-state.ts'
import { shownAmount, shownPart } from './amounts.ts'
import { groupText, resetText } from './stop.ts'

/**
 * What people are told of limits that are nearly or wholly used up, one line for each:
 * `budget daily: $16.40 of $20.00 per day used (82 %); it has room again on … `.
 */
export function budgetWarnings(accounts: readonly AccountState[], nowMs: number): string[] {
  return accounts.filter(isNearlyUsed).map((account) => {
    const { rule, group, resetsAtMs } = account
    const scope = groupText(rule, group)
    const head = `limit ${rule.name}${scope && ` (${scope})`}`
    const part = `${partText(account)} used (${percent(account)} %)`
    return `${head}: ${part}; ${resetText(rule, resetsAtMs, nowMs)}`
  })
}

/** For the status line, of the budget in USD of which the least part is left, else of another limit at its threshold: `$3.60 left of $20.00 per day`. */
export function budgetLeft(accounts: readonly AccountState[]): string | undefined {
  const shown = accounts.filter((account) => account.rule.what === 'usd' || isNearlyUsed(account))
  const account = shown.toSorted((a, b) => b.used / b.rule.most - a.used / a.rule.most)[0]
  if (!account) return undefined
  const { what, most, per } = account.rule
  const left = Math.max(0, most - account.used)
  return `${shownAmount(what, left)} left of ${shownAmount(what, most)}${per ? ` per ${per}` : ''}`
}

/** How a limit stands, for who tries a request: `$16.40 of $20.00 per day used, $3.60 left (model claude-opus-4-8)`. */
export function standingText(account: AccountState): string {
  const { rule, group, used, inFlight } = account
  const { what, most } = rule
  const flying = inFlight > 0 ? ` and ${shownAmount(what, inFlight)} in flight` : ''
  const scope = groupText(rule, group)
  const left = shownAmount(what, Math.max(0, most - used - inFlight))
  return `${partText(account)} used${flying}, ${left} left${scope && ` (${scope})`}`
}

function partText({ rule: { what, most, per }, used }: AccountState): string {
  return `${shownPart(what, used, most)}${per ? ` per ${per}` : ''}`
}

function isNearlyUsed({ rule, used }: AccountState): boolean {
  const isOfTime = rule.what !== 'burst' && rule.what !== 'concurrent' && rule.per !== 'minute'
  return isOfTime && used >= rule.most * rule.warnAt
}

function percent({ rule, used }: AccountState): number {
  return Math.floor((used / rule.most) * 100)
}
