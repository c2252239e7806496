import { nameAt } from '../json/name.ts'
import { scanObject } from '../json/scanner.ts'

const OPEN_BRACE = 0x7b
const BEGINNING = '"x-anthropic-billing-header'

/**
 * Whether the block of `system` at `start` says for whom Claude Code asks. The API reads it only where it stands first, as
 * it is.
 * @throws SyntaxError for malformed text
 */
export function isAttribution(body: Buffer, start: number): boolean {
  if (body[start] !== OPEN_BRACE) return false
  let isFound = false
  scanObject(body, start, ({ name, value }) => {
    if (nameAt(body, name) === 'text')
      isFound = body.toString('latin1', value.start, value.start + BEGINNING.length) === BEGINNING
  })
  return isFound
}
