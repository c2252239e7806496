import type { FileSettings } from './file-settings.ts'
import type { AdministratorPlace } from './machine-file.ts'
import { readMachineSettings } from './machine-file.ts'
import { configDirectory, machineFilePath, userFilePath } from './paths.ts'
import { readProjectSettings } from './project-settings.ts'
import { readUserSettings } from './user-file.ts'

/** What the configuration files of a user in a folder say. */
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
 * Reads them all, with nothing but the file system.
 * @throws GatewayError CONFIG_* for what is malformed, unreadable, unknown or wrong in them
 */
export function readConfigFiles(
  { env, cwd, home, platform }: ConfigSurroundings,
  machinePlace: AdministratorPlace = { path: machineFilePath(env, platform), administratorUid: 0 },
): ConfigFiles {
  const directory = configDirectory(env, home, platform)
  const machine = readMachineSettings(machinePlace, platform)
  const user = readUserSettings(userFilePath(directory))
  const project = readProjectSettings(cwd, home, directory)
  return {
    ...(machine.settings && { machine: machine.settings }),
    ...(user && { user }),
    ...(project.settings && { project: project.settings }),
    notes: [machine.note, project.note].filter((note) => note !== undefined),
  }
}
