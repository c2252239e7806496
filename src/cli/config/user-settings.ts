import { GatewayError } from '../../base/errors.ts'
import type { ConfigFiles } from '../../config/config-files.ts'
import { readConfigFiles } from '../../config/files.ts'
import { configDirectory, userFilePath } from '../../config/paths.ts'
import type { SettingName } from '../../config/setting-name.ts'
import { parseSettingValue } from '../../config/setting-value.ts'
import type { StoredEntry, UserStore } from '../../config/user-store.ts'
import type { Context } from '../context.ts'
import { checkSetting } from './check-setting.ts'
import { settingFault } from './setting-fault.ts'
import { findObstacles } from './setting-obstacles.ts'

export interface NewSetting {
  readonly name: SettingName
  /** Undefined takes out what stands there. */
  readonly value: string | undefined
}

export interface StoredSettings {
  /** Of the user's file. */
  readonly path: string
  /** Puts back what stood there before. @throws GatewayError CONFIG_* */
  readonly takeBack: () => Promise<void>
}

/** Stores settings in the user's file, all of them at once, when they are known to be right ones. @throws GatewayError CONFIG_* */
export async function storeSettings(
  context: Context,
  settings: readonly NewSetting[],
): Promise<StoredSettings> {
  const entries: StoredEntry[] = []
  for (const { name, value } of settings)
    entries.push({
      names: name.names,
      json: value === undefined ? undefined : await checkedValue(context, name, value),
    })
  const { store, path } = await openSettings(context)
  const before = await store.exchange(entries)
  return { path, takeBack: async () => void (await store.exchange(before)) }
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

/** The user's file, for changes. */
export async function openSettings({ env, home, platform }: Context): Promise<{
  store: UserStore
  path: string
}> {
  const directory = configDirectory(env, home, platform)
  const { openUserStore } = await import('../../config/user-store.ts')
  return { store: await openUserStore(directory), path: userFilePath(directory) }
}

/** Why a setting has no effect here, one for each place that goes before the user's file. */
export function obstacleNotes(context: Context, name: SettingName): readonly string[] {
  const files = readableFiles(context)
  const obstacles = files ? findObstacles(name, context.env, files) : []
  return obstacles.map(({ origin, isEnforced }) => {
    const why = isEnforced
      ? `the administrator of this machine fixes it in ${origin}`
      : `${origin} goes before it`
    return `it has no effect here: ${why}`
  })
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
