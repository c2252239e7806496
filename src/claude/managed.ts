import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { reasonOf } from '../base/errors.ts'
import { isOn } from './environment.ts'
import type { SettingsLayer } from './layer.ts'
import { unreadableLayer } from './layer.ts'
import type { ManagedPlaces } from './places.ts'
import { readPreferences, readRegistry } from './preferences.ts'
import { isAbsence, readLayerFile } from './settings-file.ts'

/**
 * An administrator's settings, highest first: preferences or machine registry, then files, then the user's registry
 * (https://code.claude.com/docs/en/managed-settings). Settings that the API's own server gives are not among them:
 * Claude Code does not use them with another base URL.
 */
export async function readManagedLayers(places: ManagedPlaces): Promise<readonly SettingsLayer[]> {
  const { directory, preferenceFiles, registryProgram, windowsDirectory } = places
  if (registryProgram === undefined)
    return [...(await readPreferences(preferenceFiles)), ...readManagedFolder(directory)]
  const [machine, user] = await Promise.all(
    (['HKLM', 'HKCU'] as const).map((hive) => readRegistry(registryProgram, hive)),
  )
  const files = readManagedFolder(directory)
  if (windowsDirectory === undefined) return present([machine, ...files, user])
  return [...inheritedByWsl(present([machine, ...readManagedFolder(windowsDirectory)]), user), ...files]
}

/** `managed-settings.json`, and over it the files of `managed-settings.d`, of which the alphabetically last wins. */
function readManagedFolder(directory: string): readonly SettingsLayer[] {
  const folder = join(directory, 'managed-settings.d')
  const base = readLayerFile('managed', join(directory, 'managed-settings.json'))
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    const files = names.sort().reverse()
    return present([...files.map((name) => readLayerFile('managed', join(folder, name))), base])
  } catch (error) {
    return present([isAbsence(error) ? undefined : unreadableLayer('managed', folder, reasonOf(error)), base])
  }
}

/** The settings of Windows count on WSL if an administrator says so there, the user's only if they say so as well. */
function inheritedByWsl(
  admin: readonly SettingsLayer[],
  user: SettingsLayer | undefined,
): readonly SettingsLayer[] {
  if (!admin.some(isForWsl)) return []
  return user && isForWsl(user) ? [...admin, user] : admin
}

function isForWsl({ document, unreadable }: SettingsLayer): boolean {
  return unreadable !== undefined || isOn(String(document['wslInheritsWindowsSettings']))
}

function present(layers: readonly (SettingsLayer | undefined)[]): readonly SettingsLayer[] {
  return layers.filter((layer) => layer !== undefined)
}
