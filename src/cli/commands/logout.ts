import { deleteAccount } from '../../credentials/accounts.ts'
import { describePlace, keyAccount, openPatientKeychain } from '../account.ts'
import type { Context } from '../context.ts'

/**
 * Deletes the key of the profile, and then what is recorded of it: a record without a key lets nothing out.
 * @throws GatewayError KEYCHAIN_*, STATE_UNWRITABLE, CONFIG_BAD_VALUE
 */
export async function logout(context: Context): Promise<number> {
  const { account } = keyAccount(context.config())
  const wasThere = await openPatientKeychain(context).delete(account)
  deleteAccount(context.stateDirectory(), account)
  if (!context.options.isQuiet) context.stderr.write(`claude-gw: ${toText(wasThere, account, context)}\n`)
  return 0
}

function toText(wasThere: boolean, account: string, { platform }: Context): string {
  if (!wasThere) return `nothing is stored for keychain:${account}`
  return `removed from ${describePlace(account, platform)}`
}
