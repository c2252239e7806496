import type { Keychain } from '../../credentials/keychain.ts'
import { openKeychain } from '../../credentials/keychain.ts'
import { waitFor } from '../../credentials/search.ts'
import type { StoppableHost } from '../../credentials/stop-signals.ts'
import { exitOnSignals } from '../../credentials/stop-signals.ts'
import { noteWait } from '../../credentials/wait-notice.ts'
import type { Context } from '../context.ts'
import { machineOf } from '../upstream/machine.ts'

/**
 * The keychain for a command at a terminal: it says what is waited for, and a signal takes the prompt away as well.
 * @param host what a signal ends
 */
export function openPatientKeychain(context: Context, host: StoppableHost = process): Keychain {
  const keychain = openKeychain(machineOf(context))
  exitOnSignals(host)
  const noting = <T>(answer: Promise<T>) =>
    waitFor(answer, { reference: 'the keychain' }, { onWait: noteWait(context) })
  return {
    get: (account, origin) => noting(keychain.get(account, origin)),
    set: (account, secret, origin) => noting(keychain.set(account, secret, origin)),
    confirm: (account, secret, origin) => noting(keychain.confirm(account, secret, origin)),
    delete: (account) => noting(keychain.delete(account)),
  }
}
