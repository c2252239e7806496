import { GatewayError } from '../../base/errors.ts'
import type { Config } from '../../config/config.ts'
import type { CredentialPlan } from '../../credentials/credential.ts'
import { carriesCredential } from '../../gateway/headers.ts'

/**
 * Refuses headers that would carry a second credential beside the one that the gateway puts in, which an administrator
 * may have fixed: which of the two an upstream goes by is not for us to guess.
 * @throws GatewayError CONFIG_RIVAL_HEADER
 */
export function refuseRivalHeaders({ values, entries }: Config, credentials: CredentialPlan): void {
  if (credentials.kind === 'passthrough') return
  const rival = entries.find(
    ({ key, entry }) => key === 'headers' && entry !== undefined && carriesCredential(entry, values.auth),
  )
  if (!rival) return
  const { origin, entry = '' } = rival
  throw new GatewayError('CONFIG_RIVAL_HEADER', {
    origin,
    header: entry,
    reference: credentials.reference,
    auth: authFor(entry.toLowerCase()),
  })
}

function authFor(header: string): string {
  if (header === 'authorization') return 'bearer'
  return header === 'x-api-key' ? header : `header:${header}`
}
