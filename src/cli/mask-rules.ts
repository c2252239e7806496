import { badValue, quoted } from '../config/value-error.ts'
import type { Detector } from '../policies/detect/detector.ts'

const KEY = 'policies.mask.detect'
const ALL = 'all'

/**
 * The detectors of those names; `all` are the usual ones. Nothing is loaded where there are none.
 * @throws GatewayError CONFIG_BAD_VALUE
 */
export async function openDetectors(names: readonly string[], origin: string): Promise<readonly Detector[]> {
  if (names.length === 0) return []
  const { DETECTORS, USUAL_DETECTORS } = await import('../policies/detect/detectors.ts')
  const known = DETECTORS.map(({ name }) => name)
  for (const name of names)
    if (name !== ALL && !known.includes(name))
      throw badValue(origin, KEY, `of \`${ALL}\`, ${listed(known)}`, quoted(name))
  // In the order of the list: what stands first counts where two find the same.
  return DETECTORS.filter(
    (detector) =>
      names.includes(detector.name) || (names.includes(ALL) && USUAL_DETECTORS.includes(detector)),
  )
}

function listed(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ')
}
