import { GatewayError } from '../../base/errors.ts'
import { isLiteralSecret } from '../../config/literal-secret.ts'
import type { KeychainEntry } from '../../credentials/keychain-items.ts'
import { parseReference, REFERENCE_FORMS } from '../../credentials/reference.ts'
import type { Context } from '../context.ts'
import { tell } from '../output.ts'
import { describePlace } from './account.ts'
import type { ChosenCredential, CredentialQuestion } from './chosen-credential.ts'
import { OWN_ACCOUNT } from './chosen-credential.ts'
import type { FoundCredential } from './found-credential.ts'
import { askKey } from './given-key.ts'
import { isOwnLoginUsual, storedCredential } from './offered-credential.ts'
import { askChoice, askText } from './prompt.ts'

type Way = 'found' | 'stored' | 'typed' | 'own' | 'place'

/** Asks a person where the key comes from. @throws GatewayError LOGIN_CANCELLED, CREDENTIAL_FAILED */
export async function askCredential(
  context: Context,
  question: CredentialQuestion,
  found: FoundCredential | undefined,
): Promise<ChosenCredential> {
  const account = context.config().values.profile
  const drawer = await openDrawer(context, question, account)
  const labels = labelsOf(context, account, drawer, found)
  const way = await askChoice<Way>(
    context,
    'Where does the key come from?',
    labels,
    await likeliest(context, question, drawer, found),
  )
  switch (way) {
    case 'found':
      return { reference: found?.reference ?? 'auto' }
    case 'stored':
      return storedCredential(drawer.entry as KeychainEntry, account)
    case 'typed':
      return {
        reference: OWN_ACCOUNT,
        key: { account, secret: await typedKey(context, question), isStored: false },
      }
    case 'own':
      return { reference: 'passthrough' }
    case 'place':
      return { reference: await askText(context, 'A reference to it', '', faultOf) }
  }
}

/** The place of the key in the keychain; `isOpen` where one can be put there. */
interface Drawer {
  readonly isOpen: boolean
  readonly entry?: KeychainEntry | undefined
}

/** Where there is no keychain, a person is told why, and how to get one. */
async function openDrawer(
  context: Context,
  { keychain }: CredentialQuestion,
  account: string,
): Promise<Drawer> {
  try {
    return { isOpen: true, entry: await keychain.get(account) }
  } catch (error) {
    if (!(error instanceof GatewayError && error.code.startsWith('KEYCHAIN_'))) throw error
    tell(context, `no key can be kept here: ${error.message}`)
    tell(context, error.remedy)
    return { isOpen: false }
  }
}

function labelsOf(
  { platform }: Context,
  account: string,
  { isOpen, entry }: Drawer,
  found: FoundCredential | undefined,
): Partial<Record<Way, string>> {
  const place = describePlace(account, platform)
  const typed = entry ? 'a new key, in place of that one' : `a key that you type, kept in ${place}`
  return {
    ...(found && { found: `what is there already: ${found.title}` }),
    ...(entry && { stored: `the key in ${place}, stored for ${entry.origin ?? 'no upstream'}` }),
    ...(isOpen && { typed }),
    own: 'Claude Code’s own login, untouched',
    place: 'another place: env:NAME, file:PATH, command:LINE, vault:PATH#FIELD, op://…',
  }
}

async function likeliest(
  context: Context,
  { upstream }: CredentialQuestion,
  { isOpen, entry }: Drawer,
  found: FoundCredential | undefined,
): Promise<Way> {
  if (entry?.origin === upstream.url.origin) return 'stored'
  if (found) return 'found'
  if (await isOwnLoginUsual(context, upstream)) return 'own'
  return isOpen ? 'typed' : 'place'
}

function typedKey(context: Context, { upstream }: CredentialQuestion): Promise<string> {
  const { profile } = context.config().values
  return askKey(context, `${upstream.url.origin} (profile ${profile})`)
}

function faultOf(text: string): string | undefined {
  if (isLiteralSecret(text, { key: 'credential' }))
    return 'this looks like a key itself, which no file may hold'
  const scheme = parseReference(text)?.scheme
  const isPlace = scheme !== undefined && scheme !== 'auto' && scheme !== 'passthrough'
  return isPlace ? undefined : `it must be ${REFERENCE_FORMS}`
}
