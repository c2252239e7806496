import { GatewayError } from '../../base/errors.ts'
import { parseReference, REFERENCE_FORMS } from '../../credentials/reference.ts'
import { noReference } from '../../credentials/stores.ts'
import type { Context } from '../context.ts'
import { describePlace } from './account.ts'
import type { ChosenCredential, CredentialQuestion } from './chosen-credential.ts'
import { OWN_ACCOUNT } from './chosen-credential.ts'
import { askCredential } from './credential-menu.ts'
import { findCredential } from './found-credential.ts'
import { readKey } from './given-key.ts'
import { offeredCredential } from './offered-credential.ts'

/**
 * @param context where the profile is in use, with its upstream
 * @throws GatewayError USAGE, LOGIN_CANCELLED, INIT_EXISTS, CREDENTIAL_FAILED, KEYCHAIN_*, CONFIG_BAD_VALUE
 */
export async function chooseCredential(
  context: Context,
  question: CredentialQuestion,
): Promise<ChosenCredential> {
  const given = context.options.flags.credential
  if (question.isKeyStdin) return givenKey(context, given ?? OWN_ACCOUNT, question)
  if (given !== undefined) return { reference: given }
  if (question.mayAsk) return askCredential(context, question, await findCredential(context, question))
  const offered = await offeredCredential(context, question)
  if (offered) return offered
  throw new GatewayError('USAGE', {
    reason:
      'nothing gives a key yet: name one with `--credential REF` (`passthrough` for Claude Code’s own login), or bring one with `--key-stdin`',
  })
}

async function givenKey(
  context: Context,
  text: string,
  { keychain, isForced }: CredentialQuestion,
): Promise<ChosenCredential> {
  const reference = parseReference(text)
  if (!reference) throw noReference({ key: 'credential', origin: '--credential' }, REFERENCE_FORMS)
  if (reference.scheme !== 'keychain')
    throw new GatewayError('USAGE', {
      reason: '`--key-stdin` brings a key for the keychain, and `--credential` names another place',
    })
  const account = reference.account || context.config().values.profile
  const secret = await readKey()
  if (!isForced && (await keychain.get(account)))
    throw new GatewayError('INIT_EXISTS', { what: `a key in ${describePlace(account, context.platform)}` })
  return { reference: text, key: { account, secret, isStored: false } }
}
