import { reasonOf } from '../../base/errors.ts'
import type { Config } from '../../config/config.ts'
import { badValue, quoted } from '../../config/value-error.ts'
import type { Detector } from '../../policies/detect/detector.ts'

/** What is done with what a detector finds. */
export interface DetectRule<Action> {
  readonly detector: Detector
  readonly action: Action
}

/** The names of detectors as a key of the configuration lists them, each alone or as `NAME:ACTION`. */
export interface DetectList<Action extends string> {
  readonly key: 'policies.mask.detect' | 'policies.answer.detect'
  readonly actions: readonly Action[]
  /** That of a name alone. */
  readonly usualAction: Action
}

type Patterns = Pick<Config, 'values' | 'origins'>

const PATTERNS = 'policies.patterns'
const ALL = 'all'

/**
 * The detectors that a list names, with what is done with their findings; the last entry for one counts. `all` are the
 * usual ones that are built in and those of `policies.patterns`. Nothing is loaded where the list is empty.
 * @throws GatewayError CONFIG_BAD_VALUE
 */
export async function openDetectRules<Action extends string>(
  list: DetectList<Action>,
  config: Patterns,
): Promise<readonly DetectRule<Action>[]> {
  const named = config.values[list.key]
  if (named.length === 0) return []
  const { DETECTORS, USUAL_DETECTORS } = await import('../../policies/detect/detectors.ts')
  const own = await openPatternDetectors(config)
  // What stands first counts where two find the same: what somebody named is better known than what looks like it.
  const known = [...own, ...DETECTORS]
  const usual = new Set([...own, ...USUAL_DETECTORS])
  const origin = config.origins[list.key]
  const entries = named.map((entry) => readEntry(entry, { ...list, origin }, known))
  return known.flatMap((detector) => {
    const entry = entries.findLast(
      ({ name }) => name === detector.name || (name === ALL && usual.has(detector)),
    )
    return entry ? [{ detector, action: entry.action }] : []
  })
}

/** The detectors of `policies.patterns`. @throws GatewayError CONFIG_BAD_VALUE */
export async function openPatternDetectors({ values, origins }: Patterns): Promise<readonly Detector[]> {
  const patterns = Object.entries(values[PATTERNS])
  if (patterns.length === 0) return []
  const [{ DETECTORS }, { patternDetector }] = await Promise.all([
    import('../../policies/detect/detectors.ts'),
    import('../../policies/detect/pattern-detector.ts'),
  ])
  const taken = [ALL, ...DETECTORS.map(({ name }) => name)]
  const origin = origins[PATTERNS]
  return patterns.map(([name, pattern]) => {
    if (taken.includes(name))
      throw badValue(origin, PATTERNS, 'a map of names that are not built in', quoted(name))
    try {
      return patternDetector(name, pattern, values['policies.maxMatch'])
    } catch (error) {
      throw badValue(origin, `${PATTERNS}.${name}`, `a pattern (${reasonOf(error)})`, quoted(pattern))
    }
  })
}

function readEntry<Action extends string>(
  entry: string,
  { key, origin, actions, usualAction }: DetectList<Action> & { readonly origin: string },
  detectors: readonly Detector[],
): { readonly name: string; readonly action: Action } {
  const colon = entry.indexOf(':')
  const name = colon === -1 ? entry : entry.slice(0, colon)
  const names = [ALL, ...detectors.map((detector) => detector.name)]
  if (!names.includes(name)) throw badValue(origin, key, `of ${listed(names)}`, quoted(entry))
  const action = colon === -1 ? usualAction : actions.find((one) => one === entry.slice(colon + 1))
  if (action === undefined)
    throw badValue(
      origin,
      key,
      `\`${name}\`, or with one of ${listed(actions)} behind a colon`,
      quoted(entry),
    )
  return { name, action }
}

function listed(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ')
}
