import type { Kind } from './kind.ts'
import { parseJson } from './map-kind.ts'
import { quoted } from './value-error.ts'

type Texts = readonly string[]

const MOST = 64

/** Its variable holds JSON. */
export const textList = listOf('texts', () => true)

/** Names with `*` and `?`: an empty one would fit nothing, and with a `!` forbid nothing. */
export const namePatterns = listOf('names that are not empty, or with a `!` before that', (text) =>
  /^!?[^!\s]/.test(text),
)

/** Paths with `*` and `?`: one that could never fit would forbid nothing. */
export const pathPatterns = listOf('paths that begin with `/` or `*`, or with a `!` before that', (text) =>
  /^!?[/*]/.test(text),
)

function listOf(what: string, isItem: (text: string) => boolean): Kind<Texts> {
  const fits = (item: unknown) => typeof item === 'string' && isItem(item)
  const read = (json: unknown): Texts | undefined =>
    Array.isArray(json) && json.length <= MOST && json.every(fits) ? json : undefined
  return {
    expected: `a JSON array of at most ${MOST} ${what}`,
    parse: (value) => read(parseJson(value)),
    read,
    write: (texts) => texts,
    misfit: (json) => (Array.isArray(json) ? shownMisfit(json, fits) : undefined),
  }
}

function shownMisfit(items: readonly unknown[], fits: (item: unknown) => boolean): string | undefined {
  const index = items.findIndex((item) => !fits(item))
  if (index !== -1) return `an array with ${shownItem(items[index])} (entry ${index + 1})`
  return items.length > MOST ? `an array of ${items.length}` : undefined
}

function shownItem(item: unknown): string {
  if (typeof item === 'string') return quoted(item)
  if (typeof item !== 'object' || item === null) return String(item)
  return Array.isArray(item) ? 'an array' : 'an object'
}
