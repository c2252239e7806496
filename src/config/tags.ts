/** Labels by their names in the records. */
export type Tags = Readonly<Record<string, string>>

/** The configuration writes its keys in another way than the record its fields. A user's own names stay as they are. */
const RECORD_NAMES: ReadonlyMap<string, string> = new Map([['costCenter', 'cost_center']])

/** The labels of every record: those of the configuration over those that were found in the repository. */
export function resolveTags(configured: Tags, found: Tags): Tags {
  const named = Object.entries(configured).map(([name, text]) => [recordName(name), text] as const)
  return { ...found, ...Object.fromEntries(named) }
}

/** The name in the records of a tag that is configured as `name`. */
export function recordName(name: string): string {
  return RECORD_NAMES.get(name) ?? name
}
