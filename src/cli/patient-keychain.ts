import type { Keychain } from '../credentials/keychain.ts'
import { openKeychain } from '../credentials/keychain.ts'
import { waitFor } from '../credentials/search.ts'
import type { Context } from './context.ts'
import { machineOf } from './machine.ts'
import { noteWait } from './wait-notice.ts'

const STOPS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** The keychain for a command at a terminal: it says what is waited for, and a signal takes the prompt away as well. */
export function openPatientKeychain(context: Context): Keychain {
  const keychain = openKeychain(machineOf(context))
  // Through `exit`, which takes along the process that asks the keychain.
  for (const [signal, exitCode] of Object.entries(STOPS)) process.once(signal, () => process.exit(exitCode))
  const noting = <T>(answer: Promise<T>) =>
    waitFor(answer, { reference: 'the keychain' }, { onWait: noteWait(context) })
  return {
    get: (account, origin) => noting(keychain.get(account, origin)),
    set: (account, secret, origin) => noting(keychain.set(account, secret, origin)),
    confirm: (account, secret, origin) => noting(keychain.confirm(account, secret, origin)),
    delete: (account) => noting(keychain.delete(account)),
  }
}
