import { GatewayError } from '../base/errors.ts'

/** Claude Code refuses longer ones from a helper (its documentation, page "errors"). */
const MAX_TOKEN_CHARACTERS = 16_384

/** Windows keeps 2,560 bytes (CRED_MAX_CREDENTIAL_BLOB_SIZE in wincred.h): what fits there fits into every keychain. */
const MAX_STORED_CHARACTERS = 2_500

/**
 * Lets a secret through if it is one token of printable ASCII, the only thing that fits into a header.
 * @throws GatewayError CREDENTIAL_FAILED, without the secret
 */
export function checkToken(value: string, reference: string): string {
  const reason = findFault(value, MAX_TOKEN_CHARACTERS)
  if (reason === undefined) return value
  throw new GatewayError('CREDENTIAL_FAILED', { reference, reason, remedy: 'store it again as one line' })
}

/**
 * Lets a secret through that a person gave to be stored, if every keychain keeps it as it is.
 * @throws GatewayError CREDENTIAL_FAILED, without the secret
 */
export function checkStorable(value: string): string {
  const reason = findFault(value, MAX_STORED_CHARACTERS)
  if (reason === undefined) return value
  const remedy =
    value.length > MAX_STORED_CHARACTERS
      ? 'keep it in a file that only you can read, and use `--credential file:PATH`'
      : 'nothing was stored; give it again, alone and on one line'
  throw new GatewayError('CREDENTIAL_FAILED', { reference: 'given', reason, remedy })
}

function findFault(value: string, maxCharacters: number): string | undefined {
  if (value === '') return 'it is empty'
  if (value.length > maxCharacters) return `it is longer than ${maxCharacters} characters`
  const position = value.search(/[^\x21-\x7e]/)
  if (position === -1) return undefined
  return `character ${position + 1} is not printable ASCII${hintFor(value.charAt(position))}`
}

function hintFor(character: string): string {
  if (character === '\n' || character === '\r') return ', it ends a line'
  return character === '\0' ? ', it is NUL' : ''
}
