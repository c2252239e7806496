import type { FileSettings } from './file-settings.ts'
import { readFixedFiles } from './fixed-files.ts'
import type { AdministratorPlace } from './machine-file.ts'
import { configDirectory } from './paths.ts'
import { readProjectSettings } from './project-settings.ts'

/** What configuration files say. */
export interface ConfigFiles {
  readonly machine?: FileSettings
  readonly user?: FileSettings
  readonly project?: FileSettings
  /** For people: which of them do not count, and why. */
  readonly notes: readonly string[]
}

/** Where to look; a `Context` is one. */
export interface ConfigSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly home: string
  readonly platform: NodeJS.Platform
}

/**
 * Reads all configuration files of a user in a folder.
 * @param machinePlace where the file of the machine is; else where the platform has it
 * @throws GatewayError CONFIG_* for what is malformed, unreadable, unknown or wrong in them
 */
export function readConfigFiles(
  surroundings: ConfigSurroundings,
  machinePlace?: AdministratorPlace,
): ConfigFiles {
  const { env, cwd, home, platform } = surroundings
  const fixed = readFixedFiles(surroundings, machinePlace)
  const { settings, note } = readProjectSettings(cwd, home, configDirectory(env, home, platform))
  return {
    ...fixed,
    ...(settings && { project: settings }),
    notes: note === undefined ? fixed.notes : [...fixed.notes, note],
  }
}
