import type { AttemptRecord, ExchangeRecord } from './exchange.ts'

/**
 * The attempts that another one followed. Those listed had no answer that counted; where we answered for it, the last one was not
 * followed by another.
 */
export function retriesOf({
  attempts = [],
  answered_by,
}: Pick<ExchangeRecord, 'attempts' | 'answered_by'>): readonly AttemptRecord[] {
  return answered_by === 'upstream' ? attempts : attempts.slice(0, -1)
}
