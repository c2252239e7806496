import { deleteAccount } from '../../credentials/accounts.ts'
import type { Context } from '../context.ts'
import { describePlace, keyAccount } from '../setup/account.ts'
import { openPatientKeychain } from '../setup/patient-keychain.ts'

/**
 * Deletes the key of the profile. What is noted of it is forgotten even if the keychain cannot be reached: a gateway that
 * remembers the key then uses it no longer.
 * @throws GatewayError KEYCHAIN_*, STATE_UNWRITABLE, CONFIG_BAD_VALUE
 */
export async function logout(context: Context): Promise<number> {
  const { account } = keyAccount(context.config())
  const wasThere = await deleteKey(context, account)
  if (!context.options.isQuiet) tell(context, toText(wasThere, account, context))
  return 0
}

async function deleteKey(context: Context, account: string): Promise<boolean> {
  try {
    return await openPatientKeychain(context).delete(account)
  } catch (error) {
    tell(context, `the key may still be in ${describePlace(account, context.platform)}`)
    throw error
  } finally {
    deleteAccount(context.stateDirectory(), account)
  }
}

function toText(wasThere: boolean, account: string, { platform }: Context): string {
  if (!wasThere) return `nothing is stored for keychain:${account}`
  return `removed from ${describePlace(account, platform)}`
}

function tell({ stderr }: Context, line: string): void {
  stderr.write(`claude-gw: ${line}\n`)
}
