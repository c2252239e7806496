import { GatewayError } from '../../base/errors.ts'
import type { Config } from '../../config/config.ts'
import { resolveConfig, resolveProfile } from '../../config/config.ts'
import type { ConfigFiles } from '../../config/config-files.ts'
import type { ConfigEntry } from '../../config/merge.ts'
import { isSameSetting } from '../../config/merge.ts'
import type { Setting } from '../../config/setting.ts'
import type { SettingName } from '../../config/setting-name.ts'
import type { Context } from '../context.ts'

/** What goes before a value that stands in the user's file, in the profile that it is for; one for each place. */
export function findObstacles(name: SettingName, env: Context['env'], files: ConfigFiles): ConfigEntry[] {
  const entries = resolveSetting(name, env, files)?.entries ?? []
  const winners = settingsOf(name, files).flatMap((own) =>
    entries.filter((entry) => isSameSetting(entry, own) && entry.origin !== own.origin),
  )
  return winners.filter(({ origin }, index) => winners.findIndex((one) => one.origin === origin) === index)
}

/** The configuration where the profile of a setting is in use; undefined where there is none. */
export function resolveSetting(
  { profile }: SettingName,
  env: Context['env'],
  files: ConfigFiles,
): Config | undefined {
  try {
    return profile === undefined ? resolveConfig({}, env, files) : resolveProfile(profile, {}, env, files)
  } catch (error) {
    if (error instanceof GatewayError) return undefined
    throw error
  }
}

/** Of a map each entry. */
function settingsOf({ profile, key, entry }: SettingName, { user }: ConfigFiles): readonly Setting[] {
  const settings = (profile === undefined ? user?.top : user?.profiles.get(profile)) ?? []
  const wanted = { key, ...(entry !== undefined && { entry }), value: undefined, origin: '' }
  return settings.filter((own) => own.key === key && (entry === undefined || isSameSetting(own, wanted)))
}
