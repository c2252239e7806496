import { GatewayError } from '../../base/errors.ts'
import type { CredentialSource } from '../../credentials/credential.ts'
import type { Place, Surroundings } from '../../credentials/stores.ts'
import { openReference } from '../../credentials/stores.ts'
import type { TlsSettings } from '../../network/secure-context.ts'
import { readTlsFiles } from '../../network/tls-files.ts'
import { systemAuthorities } from '../../network/trust-store.ts'
import { refuseUnverifiedTls } from '../../network/verification.ts'
import type { Context } from '../context.ts'
import { claudeEnvironment } from './claude-environment.ts'
import type { ClaudeSources } from './upstream.ts'

/**
 * What the keys `tls.*` and Claude Code's variables say, with the source of the passphrase and the machine's own
 * authorities.
 * @throws GatewayError CONFIG_BAD_VALUE, TLS_UNVERIFIED
 */
export async function openTls(
  { config, env: own, home, platform }: Context,
  surroundings: Surroundings,
  claude: ClaudeSources,
): Promise<TlsSettings> {
  if (surroundings.upstream?.startsWith('https:')) refuseUnverifiedTls(own)
  const { values, origins } = config()
  const { env, originOf } = claudeEnvironment(claude)
  const files = readTlsFiles({ values, origins, env, originOf, home })
  const settings = { ...files, systemAuthorities: () => systemAuthorities({ env, platform }) }
  const reference = values['tls.passphrase']
  if (!reference) return settings
  const place = { key: 'tls.passphrase', origin: origins['tls.passphrase'] }
  // It goes to no upstream, so it is not bound to one.
  const source = await openReference(reference, place, { ...surroundings, upstream: undefined })
  return { ...settings, passphrase: askAgain(source, place) }
}

/** Whom connections to others than the upstream trust; they are shown no certificate of ours. @throws GatewayError CONFIG_BAD_VALUE */
export function openTrust({ config, home, platform }: Context, claude: ClaudeSources): TlsSettings {
  const { values, origins } = config()
  const { env, originOf } = claudeEnvironment(claude)
  const { ca } = readTlsFiles({ values, origins, env, originOf, home })
  return { ...(ca && { ca }), systemAuthorities: () => systemAuthorities({ env, platform }) }
}

/** One that did not open the key is not given twice, if its source has another by now. */
function askAgain(source: CredentialSource, place: Place): NonNullable<TlsSettings['passphrase']> {
  return async (refused) => {
    try {
      const found = await source.current()
      return (found.value === refused ? await source.refresh(found) : found).value
    } catch (error) {
      throw named(error, place)
    }
  }
}

/** The place of it is told like that of a key, which it is not. */
function named(error: unknown, { origin }: Place): unknown {
  if (!(error instanceof GatewayError)) return error
  const { message: reason, remedy } = error
  return new GatewayError('PASSPHRASE_MISSING', { origin, reason, remedy }, error)
}
