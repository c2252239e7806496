import { parseSettingName } from '../../config/setting-name.ts'
import { prepareAccounts } from '../../credentials/accounts.ts'
import type { AuthStyle } from '../../credentials/credential.ts'
import type { Keychain } from '../../credentials/keychain.ts'
import { confirmKey, storeKey } from '../../credentials/store-key.ts'
import type { Upstream } from '../../network/url.ts'
import type { NewSetting, StoredSettings } from '../config/user-settings.ts'
import { storeSettings } from '../config/user-settings.ts'
import type { Context } from '../context.ts'
import { tell } from '../output.ts'
import type { ChosenCredential } from './chosen-credential.ts'
import type { ChosenProfile } from './profile-choice.ts'
import type { WriteGuard } from './write-guard.ts'

/** All that `init` writes, before any of it is. */
export interface Setup {
  readonly profile: ChosenProfile
  readonly upstream: Upstream
  readonly credential: ChosenCredential
  /** Undefined leaves it to source and host. */
  readonly auth: AuthStyle | undefined
}

/** The settings of a profile; what it needs no longer is taken out. */
export function setupSettings({ profile, upstream, credential, auth }: Setup): readonly NewSetting[] {
  const values = { upstream: upstream.name, credential: credential.reference, auth }
  return Object.entries(values).map(([key, value]) => ({
    name: parseSettingName(profile.prefix + key),
    value,
  }))
}

/**
 * Writes the configuration, then the key, or neither: the file is taken back where the keychain fails, or a signal ends
 * its waiting. In this order, as a key that is missing is known what to do about.
 * @returns the path of the file @throws GatewayError CONFIG_*, KEYCHAIN_*, CREDENTIAL_FAILED, STATE_UNWRITABLE
 */
export async function writeSetup(
  context: Context,
  setup: Setup,
  keychain: Keychain,
  guard: WriteGuard,
): Promise<string> {
  let stored: StoredSettings | undefined
  const takeBack = async () => stored?.takeBack()
  const write = async () => {
    if (setup.credential.key) prepareAccounts(context.stateDirectory())
    stored = await storeSettings(context, setupSettings(setup))
    try {
      await writeKey(context, setup, keychain)
    } catch (error) {
      await takeBack()
      throw error
    }
  }
  await guard.during(write, {
    takeBack: async () => {
      await takeBack()
      tell(context, 'cancelled; nothing was written')
    },
    tellWhole: () => tell(context, `cancelled when all was written: ${stored?.path}`),
  })
  return stored?.path ?? ''
}

async function writeKey(context: Context, setup: Setup, keychain: Keychain): Promise<void> {
  const { key } = setup.credential
  if (!key) return
  const { origin } = setup.upstream.url
  const destination = { stateDirectory: context.stateDirectory(), account: key.account, origin }
  await (key.isStored ? confirmKey : storeKey)(destination, keychain, key.secret)
}
