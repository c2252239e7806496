import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { parseLimits } from '../../src/config/limit-parser.ts'
import type { ExchangeRecord } from '../../src/exchange/exchange.ts'
import { ledgerLine } from '../../src/log/ledger.ts'
import { monthAt } from '../../src/log/period.ts'
import { TrafficLog } from '../../src/log/writer.ts'
import type { LimitDecision, LimitRequest, Reservation } from '../../src/policies/limits/limit-decision.ts'
import type { LimitsOptions } from '../../src/policies/limits/limits.ts'
import { Limits } from '../../src/policies/limits/limits.ts'
import { createPriceTable } from '../../src/usage/price-table.ts'
import { priceOf } from '../../src/usage/pricing.ts'
import { exchangeRecord } from './exchange-record.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** That of `exchangeRecord`. */
const SESSION = '3f2a9c1e-5b7d-4c2a-9e11-0a1b2c3d4e5f'
const RUN = '01a1fbaa-0000-7000-8000-000000000000'

/** A machine with a ledger and a clock, and any number of runs on it. */
export function limitedMachine(startMs = new Date(2026, 10, 20, 12).getTime()) {
  const ledgerDirectory = join(temporaryDirectory(), 'ledger')
  let nowMs = startMs
  const now = () => nowMs
  const writer = new TrafficLog({
    directory: ledgerDirectory,
    periodAt: monthAt,
    onTrouble: (reason) => {
      throw new Error(reason)
    },
    now: () => new Date(nowMs),
  })
  onTestFinished(() => writer.close())
  const troubles: string[] = []
  const prices = createPriceTable()
  const open = (rules: object, changes: Partial<LimitsOptions> = {}) => {
    const limits = new Limits({
      ...{ rules: parseLimits({ rules }).rules, ledgerDirectory, now },
      self: { pid: process.pid, host: 'laptop', runId: RUN },
      isAlive: () => true,
      prices: {
        of: (purchase) => {
          const price = priceOf(prices, purchase)
          return 'costUsd' in price ? price.costUsd : undefined
        },
        digest: '0',
      },
      onTrouble: (reason) => troubles.push(reason),
      ...changes,
    })
    onTestFinished(() => void limits.close())
    limits.open()
    return limits
  }
  /** A record of now, which lasted a second. */
  const record = (changes: Parameters<typeof exchangeRecord>[0] = {}): ExchangeRecord =>
    exchangeRecord({ run_id: RUN, ts: new Date(nowMs - 1000).toISOString(), duration_ms: 1000, ...changes })
  const write = (changes?: Parameters<typeof exchangeRecord>[0]) => {
    const written = record(changes)
    writer.append(ledgerLine(written))
    return written
  }
  const wait = (ms: number) => {
    nowMs += ms
  }
  return { ledgerDirectory, now, open, record, write, wait, troubles, runId: RUN }
}

/** What Claude Code would ask. */
export function asked(changes: Partial<LimitRequest> = {}): LimitRequest {
  const subject = { profile: 'default', model: 'claude-opus-4-8', session: SESSION }
  return { path: '/v1/messages', subject, bodyBytes: 4000, maxTokens: 32_000, ...changes }
}

/** What holds a request that was let through. */
export async function passed(decision: LimitDecision | Promise<LimitDecision>): Promise<Reservation> {
  const decided = await decision
  if (decided.kind === 'reject') throw decided.error
  if (!decided.reservation) throw new Error('no limit is for it')
  return decided.reservation
}

/** Why a request was rejected; undefined where it was not. */
export async function refusal(decision: LimitDecision | Promise<LimitDecision>) {
  const decided = await decision
  return decided.kind === 'reject' ? decided.error : undefined
}
