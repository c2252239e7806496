import { byForm } from '../answer-form.ts'
import type { AnswerTransform } from '../answer-transform.ts'
import { EventRestorer } from './event-restorer.ts'
import { JsonRestorer } from './json-restorer.ts'
import { createPlaceholderSearch } from './placeholder-search.ts'

const UNCHANGED: AnswerTransform = { push: (chunk) => chunk, end: () => Buffer.alloc(0) }

/**
 * Restores the answer to a request that was masked.
 * @param values by placeholder, those of that request; nothing is restored that it did not hold
 */
export function createRestoring(values: ReadonlyMap<string, string>): AnswerTransform {
  if (values.size === 0) return UNCHANGED
  return byForm({
    json: () => new JsonRestorer(createPlaceholderSearch(values)),
    events: () => new EventRestorer(createPlaceholderSearch(values)),
  })
}
