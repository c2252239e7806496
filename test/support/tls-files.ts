import type { TlsFiles, TlsInput } from '../../src/network/tls-files.ts'
import { readTlsFiles } from '../../src/network/tls-files.ts'

export type TlsValues = TlsInput['values']

const UNSET: TlsValues = { 'tls.ca': '', 'tls.cert': '', 'tls.key': '', 'tls.passphrase': '' }

/** Where the values that errors are about stand. */
export const ORIGINS = { 'tls.ca': 'origin-of-ca', 'tls.cert': 'origin-of-cert', 'tls.key': 'origin-of-key' }

/** Reads the files that are named, as if the rest of the configuration were empty. */
export function tlsFiles(
  values: Partial<TlsValues>,
  { env = {}, home = '/nowhere' }: Partial<TlsInput> = {},
): TlsFiles {
  return readTlsFiles({
    values: { ...UNSET, ...values },
    origins: ORIGINS,
    env,
    home,
    originOf: (name) => name,
  })
}
