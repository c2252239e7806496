import { reasonOf } from '../../base/errors.ts'
import { rememberFeatures } from '../../config/upstream-features.ts'
import type { Report } from '../../doctor/examination.ts'
import { featuresIn } from '../../doctor/upstream/features.ts'
import type { Context } from '../context.ts'

const NAMES = { toolSearch: 'tool search', fineGrainedStreaming: 'fine-grained streaming' } as const

/**
 * Keeps what an examination has shown of an upstream, for the values `auto`.
 * @returns what was kept, for people; undefined where nothing was shown
 */
export function rememberedFeatures(
  context: Context,
  upstream: string,
  reports: readonly Report[],
): string | undefined {
  const seen = featuresIn(reports)
  const shown = (['toolSearch', 'fineGrainedStreaming'] as const).filter((name) => seen[name] !== undefined)
  if (shown.length === 0) return undefined
  try {
    rememberFeatures(context.stateDirectory(), upstream, seen)
    const list = shown.map((name) => `${NAMES[name]} ${seen[name] ? 'works' : 'does not work'}`)
    return `remembered of ${upstream}: ${list.join(', ')}`
  } catch (error) {
    return `what works through ${upstream} could not be remembered: ${reasonOf(error)}`
  }
}
