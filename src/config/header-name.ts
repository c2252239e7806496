import { HOP_BY_HOP, SENDERS_OWN } from '../network/message-headers.ts'

/** Whether it is the name of a header (RFC 9110 section 5.6.2) that is not about the connection or the framing. */
export function isFreeToSet(name: string): boolean {
  const lower = name.toLowerCase()
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !HOP_BY_HOP.has(lower) && !SENDERS_OWN.has(lower)
}
