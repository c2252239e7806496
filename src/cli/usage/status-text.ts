import type { Totals } from '../../exchange/totals.ts'
import { cachedText, costText, promptTokens } from '../text/cost-text.ts'
import { shortCount } from '../text/quantity.ts'

/** A session in one line: `$0.42 · 212k in · 91 % cached · 8.4k out`. */
export function statusText(totals: Totals): string {
  const { requests, output_tokens } = totals
  if (requests === 0) return 'claude-gw: no requests yet'
  const cost = costText(totals) ?? `${requests} request${requests === 1 ? '' : 's'}`
  const prompt = promptTokens(totals)
  if (prompt + output_tokens === 0) return cost
  const tokens = [`${shortCount(prompt)} in`, cachedText(totals), `${shortCount(output_tokens)} out`]
  return [cost, ...tokens].filter(Boolean).join(' · ')
}
