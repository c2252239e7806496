import { setTimeout as delay } from 'node:timers/promises'
import type { Gateway } from '../../gateway/gateway.ts'

/** What a timer of Node.js can count; a longer one would end at once. */
const MAX_DELAY_MS = 2 ** 31 - 1

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
    await delay(Math.min(restMs, MAX_DELAY_MS), undefined, { ref: false })
}
