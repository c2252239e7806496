import { recordName } from '../../config/tags.ts'

const TAG = /^tag:(.*)$/is

/** Whether the value of a header stands for a tag. */
export function namesTag(value: string): boolean {
  return TAG.test(value)
}

/**
 * The headers that are configured as `tag:NAME`, with the texts of those tags; a tag that is empty or not there leaves
 * its header out. A repository has a say in these texts, so whatever they look like, they are no references to secrets.
 * @param tags as they stand in the records
 */
export function tagHeaders(
  headers: Readonly<Record<string, string>>,
  tags: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const texts = new Map(Object.entries(tags))
  const filled = Object.entries(headers).flatMap(([header, value]) => {
    const name = TAG.exec(value)?.[1]
    const text = name === undefined ? undefined : texts.get(recordName(name))
    return text ? [[header, headerSafe(text)] as const] : []
  })
  return Object.fromEntries(filled)
}

/**
 * Percent-encoded (RFC 3986 section 2.1, as UTF-8) where it is no printable ASCII, or white space that a receiver would
 * strip; and the percent sign itself, so that decoding always gives the text back.
 */
function headerSafe(text: string): string {
  return text.replace(/[^\x20-\x7e]|%|^ +| +$/gu, (part) =>
    Array.from(Buffer.from(part), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}
