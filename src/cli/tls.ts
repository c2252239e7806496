import type { CredentialSource } from '../credentials/credential.ts'
import type { Surroundings } from '../credentials/stores.ts'
import { openReference } from '../credentials/stores.ts'
import type { TlsSettings } from '../network/secure-context.ts'
import { readTlsFiles } from '../network/tls-files.ts'
import type { Context } from './context.ts'

/** What the keys `tls.*` say, with the source of the passphrase. @throws GatewayError CONFIG_BAD_VALUE */
export async function openTls(
  { config, env, home }: Context,
  surroundings: Surroundings,
): Promise<TlsSettings> {
  const { values, origins } = config()
  const files = readTlsFiles({ values, origins, env, home })
  const reference = values['tls.passphrase']
  if (!reference) return files
  const place = { key: 'tls.passphrase', origin: origins['tls.passphrase'] }
  return { ...files, passphrase: askAgain(await openReference(reference, place, surroundings)) }
}

/** One that did not open the key is not given twice, if its source has another by now. */
function askAgain(source: CredentialSource): NonNullable<TlsSettings['passphrase']> {
  return async (refused) => {
    const found = await source.current()
    return (found.value === refused ? await source.refresh(found) : found).value
  }
}
