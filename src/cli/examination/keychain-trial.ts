import type { Config } from '../../config/config.ts'
import { readAccount } from '../../credentials/accounts.ts'
import { probeKeychain } from '../../credentials/keychain.ts'
import { parseReference } from '../../credentials/reference.ts'
import { waitFor } from '../../credentials/search.ts'
import { noteWait } from '../../credentials/wait-notice.ts'
import type { Fact } from '../../doctor/fact.ts'
import { factOf, known } from '../../doctor/fact.ts'
import type { Context } from '../context.ts'
import { machineOf } from '../upstream/machine.ts'

/** The keychain of this machine, tried out once, however many checks go by it: it may ask a person. */
export interface KeychainTrial {
  /** Keys of the configuration that name it. */
  readonly users: Fact<readonly string[]>
  /** Stores an item, reads and deletes it. @throws GatewayError KEYCHAIN_* */
  readonly probe: () => Promise<void>
  /** Whether that was tried, and failed. */
  readonly hasFailed: () => boolean
}

/** As long as a person takes to find the prompt. */
const TIMEOUT_MS = 30_000

export async function openKeychainTrial(context: Context, config: Fact<Config>): Promise<KeychainTrial> {
  let probing: Promise<void> | undefined
  let hasFailed = false
  return {
    users: await factOf(() => keychainUsers(context, known(config))),
    probe: () => {
      probing ??= tryOut(context).catch((error: unknown) => {
        hasFailed = true
        throw error
      })
      return probing
    },
    hasFailed: () => hasFailed,
  }
}

function tryOut(context: Context): Promise<void> {
  const probing = probeKeychain(machineOf(context), { timeoutMs: TIMEOUT_MS })
  return waitFor(probing, { reference: 'the keychain' }, { onWait: noteWait(context) })
}

/** `auto` names it where a login has stored something. */
function keychainUsers(context: Context, { values }: Config): readonly string[] {
  const { credential, headers, profile } = values
  const texts = Object.entries({
    credential,
    'tls.passphrase': values['tls.passphrase'],
    'policies.limits.storeCredential': values['policies.limits.storeCredential'],
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [`headers.${name}`, value])),
  })
  const isStored = readAccount(context.stateDirectory(), profile) !== undefined
  return texts.filter(([, text]) => usesKeychain(text, isStored)).map(([name]) => name)
}

function usesKeychain(text: string, isStored: boolean): boolean {
  const scheme = parseReference(text)?.scheme
  return scheme === 'keychain' || (scheme === 'auto' && isStored)
}
