import type { Check } from './check.ts'
import { skipped } from './check.ts'

/**
 * The same checks; those that ask something are skipped where something is in the way of all of them.
 * @param findObstacle gives the reason, or undefined; asked once, when the first of them is run
 */
export function withPrecondition(
  checks: readonly Check[],
  findObstacle: () => Promise<string | undefined>,
): readonly Check[] {
  let obstacle: Promise<string | undefined> | undefined
  const unlessBlocked = async (check: Check) => {
    obstacle ??= findObstacle()
    const reason = await obstacle
    return reason === undefined ? check.run() : skipped(reason)
  }
  return checks.map((check) =>
    check.cost === 'nothing' ? check : { ...check, run: () => unlessBlocked(check) },
  )
}
