import { parseSettingName } from '../../config/setting-name.ts'
import type { UserStore } from '../../config/user-store.ts'
import { obstacleNotes, openSettings, storeSettings } from '../config/user-settings.ts'
import { visibleName } from '../config/visible-value.ts'
import type { Context } from '../context.ts'
import { tell } from '../output.ts'

export interface ConfigSetInput {
  /** `upstream`, `tags.project`, `profiles.work.upstream`. */
  readonly key: string
  readonly value: string
}

/**
 * Stores a value in the user's file, once it is known to be a right one; says so where it does not count.
 * @throws GatewayError CONFIG_*
 */
export async function configSet(context: Context, { key, value }: ConfigSetInput): Promise<number> {
  const name = parseSettingName(withProfile(context, key))
  const { path } = await storeSettings(context, [{ name, value }])
  tell(context, `set \`${name.names.join('.')}\` in ${path}`)
  for (const note of obstacleNotes(context, name)) tell(context, note)
  return 0
}

/** Takes a value out of the user's file, or a whole profile. @throws GatewayError CONFIG_* */
export async function configUnset(context: Context, { key }: { readonly key: string }): Promise<number> {
  const { store, path } = await openSettings(context)
  const names = await namesIn(store, withProfile(context, key))
  const wasThere = await store.unset(names)
  const name = `\`${visibleName(names.join('.'))}\``
  tell(context, wasThere ? `removed ${name} from ${path}` : `${name} is not set in ${path}`)
  return 0
}

/** What is set with `--profile` is for that profile, as with other tools that have profiles. */
function withProfile({ options }: Context, key: string): string {
  const { profile } = options.flags
  return profile === undefined || key.startsWith('profiles.') ? key : `profiles.${profile}.${key}`
}

async function namesIn(store: UserStore, key: string): Promise<readonly string[]> {
  const profile = /^profiles\.(.+)$/.exec(key)?.[1]
  const names = profile === undefined ? undefined : ['profiles', profile]
  return names && (await store.get(names)) !== undefined ? names : parseSettingName(key).names
}
