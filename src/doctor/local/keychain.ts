import type { Check, Finding } from '../check.ts'
import { failed, ok, skipped } from '../check.ts'
import type { Fact } from '../fact.ts'
import { given } from '../fact.ts'

export interface KeychainFacts {
  /** Keys of the configuration that name it. */
  readonly users: Fact<readonly string[]>
  /** Writes, reads and deletes an item of its own. @throws GatewayError KEYCHAIN_* */
  readonly probe: () => Promise<void>
}

/** Whether the keychain can be written and read, where one is used: asking it may ask a person. */
export function keychainCheck({ users, probe }: KeychainFacts): Check {
  return {
    id: 'keychain',
    title: 'the keychain can be written and read',
    cost: 'nothing',
    run: () =>
      given(users, 'config', (names) =>
        names.length > 0 ? tryOut(names, probe) : skipped('nothing is kept in one'),
      ),
  }
}

async function tryOut(names: readonly string[], probe: KeychainFacts['probe']): Promise<Finding> {
  try {
    await probe()
    return ok(
      `an item was stored, read and deleted; ${names.map((name) => `\`${name}\``).join(', ')} uses it`,
    )
  } catch (error) {
    return failed(error)
  }
}
