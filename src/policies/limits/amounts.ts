import type { LimitAmount } from '../../config/limit-rule.ts'

/** What an exchange uses up. */
export interface Amounts {
  /** 1, or 0 where nothing was sent. */
  readonly requests: number
  /** Sent and not read from a cache, as in the API's own limits (https://platform.claude.com/docs/en/api/rate-limits). */
  readonly inputTokens: number
  readonly outputTokens: number
  readonly usd: number
}

/** How much of a limit they take. */
export function amountFor(what: LimitAmount, amounts: Amounts): number {
  switch (what) {
    case 'concurrent':
    case 'burst':
      return amounts.requests
    case 'tokens':
      return amounts.inputTokens + amounts.outputTokens
    default:
      return amounts[what]
  }
}

/** How much of a limit is used up, for people: `$0.42 of $20.00`, `204 of 1,000 tokens`. */
export function shownPart(what: LimitAmount, part: number, whole: number): string {
  return `${bareAmount(what, part)} of ${shownAmount(what, whole)}`
}

/** An amount beside another one that says what it is of. */
export function bareAmount(what: LimitAmount, amount: number): string {
  return what === 'usd' ? shownAmount(what, amount) : shownCount(amount)
}

/** An amount for people: `$0.42`, `1,204 tokens`. */
export function shownAmount(what: LimitAmount, amount: number): string {
  switch (what) {
    case 'usd':
      return `$${amount.toFixed(amount > 0 && amount < 0.01 ? 4 : 2)}`
    case 'requests':
    case 'burst':
      return `${shownCount(amount)} requests`
    case 'concurrent':
      return `${shownCount(amount)} requests at once`
    case 'tokens':
      return `${shownCount(amount)} tokens`
    case 'inputTokens':
      return `${shownCount(amount)} input tokens`
    case 'outputTokens':
      return `${shownCount(amount)} output tokens`
  }
}

function shownCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',')
}
