import { GatewayError } from '../../base/errors.ts'
import { hasSavedLogin } from '../../claude/login.ts'
import type { Keychain } from '../../credentials/keychain.ts'
import type { KeychainEntry } from '../../credentials/keychain-items.ts'
import { checkToken } from '../../credentials/token.ts'
import type { Upstream } from '../../network/url.ts'
import type { Context } from '../context.ts'
import { readClaudeState } from '../upstream/claude-state.ts'
import type { ChosenCredential, CredentialQuestion } from './chosen-credential.ts'
import { OWN_ACCOUNT } from './chosen-credential.ts'
import { findCredential } from './found-credential.ts'

/** Where there is no keychain at all, no key is in it; one that does not answer may hold one. */
const NO_KEYCHAIN = ['KEYCHAIN_LIB_MISSING', 'KEYCHAIN_NO_BUS', 'KEYCHAIN_NO_COLLECTION']

/**
 * What there is for an upstream before anybody names it: what the profile has, what is in the environment or in the keychain, or Claude
 * Code's own login; undefined where nothing is.
 * @throws GatewayError KEYCHAIN_* where it cannot be told
 */
export async function offeredCredential(
  context: Context,
  question: CredentialQuestion,
): Promise<ChosenCredential | undefined> {
  const { upstream, keychain, former } = question
  const found = await findCredential(context, question)
  if (found) return { reference: found.reference }
  if (former === 'passthrough') return { reference: former }
  const account = context.config().values.profile
  const entry = await entryIn(keychain, account, former === undefined)
  if (entry?.origin === upstream.url.origin) return storedCredential(entry, account)
  return (await isOwnLoginUsual(context, upstream)) ? { reference: 'passthrough' } : undefined
}

async function entryIn(
  keychain: Keychain,
  account: string,
  mayBeNone: boolean,
): Promise<KeychainEntry | undefined> {
  try {
    return await keychain.get(account)
  } catch (error) {
    if (mayBeNone && error instanceof GatewayError && NO_KEYCHAIN.includes(error.code)) return undefined
    throw error
  }
}

/** A key as the keychain has it, which may be with the newline that was piped into it. @throws GatewayError CREDENTIAL_FAILED */
export function storedCredential({ secret = '' }: KeychainEntry, account: string): ChosenCredential {
  checkToken(secret.trim(), `keychain:${account}`)
  return { reference: OWN_ACCOUNT, key: { account, secret, isStored: true } }
}

/** Whether somebody who logged in with Claude Code would go on with that. */
export async function isOwnLoginUsual(context: Context, { isAnthropic }: Upstream): Promise<boolean> {
  return isAnthropic && hasSavedLogin((await readClaudeState(context)).places)
}
