import { GatewayError } from '../../base/errors.ts'
import type { ConfigFiles } from '../../config/files.ts'
import { readConfigFiles } from '../../config/files.ts'
import { configDirectory, userFilePath } from '../../config/paths.ts'
import type { SettingName } from '../../config/setting-name.ts'
import { parseSettingName } from '../../config/setting-name.ts'
import { parseSettingValue } from '../../config/setting-value.ts'
import type { UserStore } from '../../config/user-store.ts'
import { checkSetting } from '../check-setting.ts'
import type { Context } from '../context.ts'
import { escapeControls } from '../output.ts'
import { settingFault } from '../setting-fault.ts'
import { findObstacles } from '../setting-obstacles.ts'

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
  const json = await checkedValue(context, name, value)
  const { store, path } = await openStore(context)
  await store.set(name.names, json)
  tell(context, `set \`${name.names.join('.')}\` in ${path}`)
  tellObstacles(context, name)
  return 0
}

async function checkedValue(context: Context, name: SettingName, value: string): Promise<unknown> {
  try {
    const json = parseSettingValue(name, value)
    await checkSetting(name, value, context, readableFiles(context))
    return json
  } catch (error) {
    throw settingFault(error, name)
  }
}

/** Takes a value out of the user's file, or a whole profile. @throws GatewayError CONFIG_* */
export async function configUnset(context: Context, { key }: { readonly key: string }): Promise<number> {
  const { store, path } = await openStore(context)
  const names = await namesIn(store, withProfile(context, key))
  const wasThere = await store.unset(names)
  const name = `\`${names.join('.')}\``
  tell(context, wasThere ? `removed ${name} from ${path}` : `${name} is not set in ${path}`)
  return 0
}

/** What is set with `--profile` is for that profile, as with other tools that have profiles. */
function withProfile({ options }: Context, key: string): string {
  const { profile } = options.flags
  return profile === undefined || key.startsWith('profiles.') ? key : `profiles.${profile}.${key}`
}

async function openStore({ env, home, platform }: Context): Promise<{ store: UserStore; path: string }> {
  const directory = configDirectory(env, home, platform)
  const { openUserStore } = await import('../../config/user-store.ts')
  return { store: await openUserStore(directory), path: userFilePath(directory) }
}

async function namesIn(store: UserStore, key: string): Promise<readonly string[]> {
  const profile = /^profiles\.(.+)$/.exec(key)?.[1]
  const names = profile === undefined ? undefined : ['profiles', profile]
  return names && (await store.get(names)) !== undefined ? names : parseSettingName(key).names
}

function tellObstacles(context: Context, name: SettingName): void {
  const files = readableFiles(context)
  for (const { origin, isEnforced } of files ? findObstacles(name, context.env, files) : []) {
    const why = isEnforced
      ? `the administrator of this machine fixes it in ${origin}`
      : `${origin} goes before it`
    tell(context, `it has no effect here: ${why}`)
  }
}

/** A file that is broken must not stand in the way of the command that mends it. */
function readableFiles(context: Context): ConfigFiles | undefined {
  try {
    return readConfigFiles(context)
  } catch (error) {
    if (error instanceof GatewayError) return undefined
    throw error
  }
}

function tell({ stderr, options }: Context, line: string): void {
  if (!options.isQuiet) stderr.write(`claude-gw: ${escapeControls(line)}\n`)
}
