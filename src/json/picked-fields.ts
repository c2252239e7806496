import type { Wanted } from './field-plan.ts'
import { isJsonObject } from './object.ts'

/** The wanted part of an object, and of other arrays and objects only what they are. */
export function pickFields(
  value: Readonly<Record<string, unknown>>,
  wanted: Wanted,
): Record<string, unknown> {
  const members = Object.keys(wanted).flatMap((name) => {
    if (!Object.hasOwn(value, name)) return []
    const inside = wanted[name]
    const member = value[name]
    if (Array.isArray(member)) return [[name, member.map(() => 0)]]
    if (!isJsonObject(member)) return [[name, member]]
    return [[name, inside === true || inside === undefined ? {} : pickFields(member, inside)]]
  })
  return Object.fromEntries(members)
}
