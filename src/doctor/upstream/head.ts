import type { Check } from '../check.ts'
import { ok, skipped, warn } from '../check.ts'
import type { Questions } from './questions.ts'

const MOST_SKEW_MS = 60_000

/** Tokens with an expiry and signatures need clocks that agree. */
export function clockCheck(questions: Questions, nowMs: () => number): Check {
  return {
    id: 'clock',
    title: 'the clocks of both ends agree',
    cost: 'requests',
    run: async () => {
      const heard = await questions.wrong()
      const date = heard.kind === 'answer' ? Date.parse(heard.headers.date ?? '') : Number.NaN
      if (Number.isNaN(date)) return skipped('answers have no date')
      const skewMs = nowMs() - date
      const evidence = `${Math.round(Math.abs(skewMs) / 1000)} s apart`
      if (Math.abs(skewMs) <= MOST_SKEW_MS) return ok(evidence)
      return warn(`this clock is ${evidence.replace(' apart', '')} ${skewMs > 0 ? 'ahead' : 'behind'}`, {
        remedy: 'set the clock of this machine by NTP',
      })
    },
  }
}

/** Claude Code tells by them how long it has to wait, and `logs` shows them. */
export function rateLimitsCheck(questions: Questions): Check {
  return {
    id: 'rate-limits',
    title: 'the API’s rate limits are told',
    cost: 'requests',
    run: async () => {
      const heard = [await questions.count(questions.model), await questions.wrong()]
      const names = heard.flatMap((one) => (one.kind === 'answer' ? Object.keys(one.headers) : []))
      const limits = new Set(names.filter((name) => /^(anthropic|x)-ratelimit-/.test(name)))
      return limits.size > 0
        ? ok(`${limits.size} headers`)
        : skipped('no answer had any: limits are the gateway’s secret')
    },
  }
}
