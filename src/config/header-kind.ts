import { HOP_BY_HOP, SENDERS_OWN } from '../network/message-headers.ts'
import { textKind } from './kind.ts'
import { mapOf } from './map-kind.ts'

/** How a key is sent. */
export const authStyle = textKind('`bearer`, `x-api-key`, `both` or `header:NAME`', (value) => {
  const isKnown = ['bearer', 'x-api-key', 'both'].includes(value)
  return isKnown || (value.startsWith('header:') && isFreeToSet(value.slice(7))) ? value : undefined
})

/** Headers by name, in any letter case (RFC 9110 section 5.1). */
export const headerMap = mapOf(
  'a JSON object of header names (not those of the connection itself) and values of printable ASCII',
  {
    isEntry: (name, value) => isFreeToSet(name) && /^[\x20-\x7e]*$/.test(value),
    identity: (name) => name.toLowerCase(),
    maxEntries: Infinity,
  },
)

/** Whether it is the name of a header (RFC 9110 section 5.6.2) that is not about the connection or the framing. */
function isFreeToSet(name: string): boolean {
  const lower = name.toLowerCase()
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !HOP_BY_HOP.has(lower) && !SENDERS_OWN.has(lower)
}
