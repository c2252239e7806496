import { setTimeout as delay } from 'node:timers/promises'
import { LONGEST_TIMER_MS } from '../../base/duration.ts'
import type { Gateway } from '../../gateway/gateway.ts'

/**
 * Settles when the gateway has had no work for so long; never where there is no limit. Keeps no process alive.
 * @param limitMs none if undefined or 0
 */
export async function untilIdle(
  { idleMs }: Pick<Gateway, 'idleMs'>,
  limitMs: number | undefined,
): Promise<void> {
  if (!limitMs) return new Promise(() => {})
  for (let restMs = limitMs; restMs > 0; restMs = limitMs - idleMs())
    await delay(Math.min(restMs, LONGEST_TIMER_MS), undefined, { ref: false })
}
