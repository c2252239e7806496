import { reasonOf } from '../../base/errors.ts'
import type { ConfigKey } from '../../config/schema.ts'
import { badValue, quoted } from '../../config/value-error.ts'
import type { Finder } from '../../exchange/needles.ts'

/**
 * What finds the patterns of a key such as `log.redact`; nothing is loaded where there are none.
 * @throws GatewayError CONFIG_BAD_VALUE
 */
export async function openPatterns(
  patterns: readonly string[],
  key: ConfigKey,
  origin: string,
): Promise<readonly Finder[]> {
  if (patterns.length === 0) return []
  const [{ parsePattern }, { PatternFinder }] = await Promise.all([
    import('../../exchange/pattern.ts'),
    import('../../exchange/pattern-finder.ts'),
  ])
  for (const pattern of patterns) {
    try {
      parsePattern(pattern)
    } catch (error) {
      throw badValue(origin, key, `patterns (${reasonOf(error)})`, quoted(pattern))
    }
  }
  return [new PatternFinder(patterns)]
}
