import type { AuthStyle } from '../../credentials/credential.ts'
import type { Keychain } from '../../credentials/keychain.ts'
import type { Upstream } from '../../network/url.ts'
import type { Context } from '../context.ts'
import { tell } from '../output.ts'
import { settleAuth } from './auth-choice.ts'
import { chooseCredential } from './credential-choice.ts'
import { plannedContext } from './planned-context.ts'
import type { ChosenProfile, Freedom } from './profile-choice.ts'
import { chooseProfile } from './profile-choice.ts'
import type { Setup } from './setup.ts'
import { chooseUpstream, foldingNote } from './upstream-choice.ts'

export interface SetupWishes extends Freedom {
  /** How the key is sent; undefined finds it by trying. */
  readonly auth?: string | undefined
  /** Takes the key from stdin. */
  readonly isKeyStdin: boolean
  /** Asks the upstream whether it takes the key. */
  readonly isChecked: boolean
}

/**
 * Profile, upstream, key and the way that it is sent: from options, or from a person. Writes nothing.
 * @throws GatewayError USAGE, LOGIN_CANCELLED, INIT_*, CREDENTIAL_*, KEYCHAIN_*, CONFIG_*
 */
export async function chooseSetup(context: Context, keychain: Keychain, wishes: SetupWishes): Promise<Setup> {
  const profile = await chooseProfile(context, wishes)
  for (;;) {
    const upstream = await chooseUpstream(plannedContext(context, { profile: profile.name }), profile, wishes)
    const folding = foldingNote(upstream)
    if (folding) tell(context, folding)
    const setup = await chooseKey(context, { profile, upstream }, keychain, wishes)
    if (setup !== 'upstream') return setup
  }
}

async function chooseKey(
  context: Context,
  { profile, upstream }: Pick<Setup, 'profile' | 'upstream'>,
  keychain: Keychain,
  wishes: SetupWishes,
): Promise<Setup | 'upstream'> {
  const addressed = plannedContext(context, { profile: profile.name, upstream: upstream.name })
  for (;;) {
    const former = formerCredential(profile, upstream)
    const credential = await chooseCredential(addressed, { ...wishes, upstream, keychain, former })
    const setup = { profile, upstream, credential, auth: wishes.auth as AuthStyle | undefined }
    const settled = wishes.isChecked ? await settleAuth(context, setup, wishes) : setup
    if (settled !== 'key') return settled
  }
}

/** A key for one upstream is not offered to another. */
function formerCredential({ upstream, credential }: ChosenProfile, { url }: Upstream): string | undefined {
  const isSame = upstream !== undefined && URL.canParse(upstream) && new URL(upstream).origin === url.origin
  return isSame && credential !== 'auto' ? credential : undefined
}
