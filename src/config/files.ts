import type { ConfigFiles, ConfigSurroundings } from './config-files.ts'
import { readFixedFiles } from './fixed-files.ts'
import type { AdministratorPlace } from './machine-file.ts'
import { configDirectory } from './paths.ts'
import { readProjectSettings } from './project-settings.ts'

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
