import { GatewayError } from '../base/errors.ts'

/** Claude Code refuses longer ones from a helper (its documentation, page "errors"). */
const MAX_TOKEN_CHARACTERS = 16_384

/**
 * Lets a secret through if it is one token of printable ASCII, the only thing that fits into a header.
 * @throws GatewayError CREDENTIAL_FAILED, without the secret
 */
export function checkToken(value: string, reference: string): string {
  const reason = findFault(value)
  if (reason === undefined) return value
  throw new GatewayError('CREDENTIAL_FAILED', { reference, reason, remedy: 'store it again as one line' })
}

function findFault(value: string): string | undefined {
  if (value.length > MAX_TOKEN_CHARACTERS) return `it is longer than ${MAX_TOKEN_CHARACTERS} characters`
  const position = value.search(/[^\x21-\x7e]/)
  return position === -1 ? undefined : `character ${position + 1} is not printable ASCII`
}
