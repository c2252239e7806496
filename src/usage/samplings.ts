import type { JsonObject } from '../json/object.ts'
import { isJsonObject } from '../json/object.ts'
import type { Counts } from './counts.ts'
import { countsOf } from './counts.ts'

/** One use of a model within an answer. */
export interface Sampling {
  readonly model: string
  readonly counts: Counts
  /** What else decides its price: speed, place and tier. */
  readonly mode: JsonObject
}

/**
 * What an answer of Anthropic's API is made of. Its own counts leave out what `iterations` has beside messages:
 * compactions (https://platform.claude.com/docs/en/build-with-claude/compaction), and advice of another model. Where they
 * tell the messages apart, each has its own size of prompt.
 * @returns undefined for a kind of iteration that is not known
 */
export function samplingsOf(usage: JsonObject, model: string): readonly Sampling[] | undefined {
  const whole = { model, counts: countsOf(usage, 'anthropic'), mode: usage }
  const iterations = (Array.isArray(usage['iterations']) ? usage['iterations'] : []).filter(isJsonObject)
  const messages = iterations.filter(({ type }) => type === 'message').map((one) => samplingOf(one, whole))
  const others = iterations.filter(({ type }) => type !== 'message')
  if (!others.every(({ type }) => type === 'compaction' || type === 'advisor_message')) return undefined
  return [
    ...(messages.length > 0 && isSameSum(messages, whole.counts) ? messages : [whole]),
    ...others.map((one) => samplingOf(one, whole)),
  ]
}

/** An advisor is another model, which does not share the speed. */
function samplingOf(iteration: JsonObject, { model, mode }: Sampling): Sampling {
  const other = iteration['model']
  const { speed, ...place } = mode
  return {
    model: typeof other === 'string' ? other : model,
    counts: countsOf(iteration, 'anthropic'),
    mode:
      iteration['type'] === 'advisor_message' ? place : { ...place, ...(speed !== undefined && { speed }) },
  }
}

function isSameSum(parts: readonly Sampling[], whole: Counts): boolean {
  const names = Object.keys(whole) as (keyof Counts)[]
  return names.every((name) => parts.reduce((sum, { counts }) => sum + counts[name], 0) === whole[name])
}
