import { nearest } from '../base/nearest.ts'
import { guideName } from './guide-names.ts'
import { CONFIG_KEYS } from './schema.ts'

export const NO_PROFILE_IN_PROFILE = 'a profile chooses no other; `profile` stands at the top alone'

/** What was probably meant by the name of a setting that there is none of; undefined where nobody knows. */
export function settingHint(text: string): string | undefined {
  if (/^profiles(\.[^.]*)?$/.test(text)) return 'a key in a profile is named like `profiles.work.upstream`'
  const readings = readingsOf(text)
  if (text.startsWith('profiles.') && readings.some(({ name }) => name === 'profile'))
    return NO_PROFILE_IN_PROFILE
  return firstOf(readings, sectionHint) ?? firstOf(readings, guideHint) ?? firstOf(readings, nearestHint)
}

interface Reading {
  /** `profiles.work.`, or empty. */
  readonly prefix: string
  readonly name: string
}

/** A profile's name may hold dots: what stands behind each of them may be the name of a key. */
function readingsOf(text: string): readonly Reading[] {
  const ends = [...text.matchAll(/(?<=^profiles\..+)\./g)].map(({ index }) => index + 1)
  const starts = text.startsWith('profiles.') ? ends : [0]
  return starts.map((start) => ({ prefix: text.slice(0, start), name: text.slice(start) }))
}

function firstOf(
  readings: readonly Reading[],
  hintFor: (reading: Reading) => string | undefined,
): string | undefined {
  return readings.map(hintFor).find((hint) => hint !== undefined)
}

/** One level of those below a name such as `tls`. */
function sectionHint({ prefix, name }: Reading): string | undefined {
  const below = CONFIG_KEYS.filter((key) => key.startsWith(`${name}.`))
  const next = below.map((key) => `${name}.${key.slice(name.length + 1).replace(/\..*$/, '')}`)
  const listed = [...new Set(next)].map((key) => `\`${prefix}${key}\``)
  return listed.length > 0 ? `below it are ${listed.join(', ')}` : undefined
}

function guideHint({ name }: Reading): string | undefined {
  return guideName(name)
}

function nearestHint({ prefix, name }: Reading): string | undefined {
  const guess = nearest(name, CONFIG_KEYS)
  return guess && `did you mean \`${prefix}${guess}\`?`
}
