import type { ConfigFiles, ConfigSurroundings } from './config-files.ts'
import { readFileBytes, unreadable } from './file-bytes.ts'
import type { FileSettings } from './file-settings.ts'
import { readSettings, USER_SECTIONS } from './file-settings.ts'
import { parseJsonTree } from './json-tree.ts'
import type { AdministratorPlace } from './machine-file.ts'
import { readMachineSettings } from './machine-file.ts'
import { configDirectory, machineFilePath, userFilePath } from './paths.ts'

/**
 * Reads those that are the same in every folder: that of the machine and that of the user.
 * @throws GatewayError CONFIG_* for what is malformed, unreadable, unknown or wrong in them
 */
export function readFixedFiles(
  { env, home, platform }: ConfigSurroundings,
  machinePlace: AdministratorPlace = { path: machineFilePath(env, platform), administratorUid: 0 },
): ConfigFiles {
  const machine = readMachineSettings(machinePlace, platform)
  const user = readUserSettings(userFilePath(configDirectory(env, home, platform)))
  return {
    ...(machine.settings && { machine: machine.settings }),
    ...(user && { user }),
    notes: machine.note === undefined ? [] : [machine.note],
  }
}

function readUserSettings(path: string): FileSettings | undefined {
  const content = readFileBytes(path, () => undefined)
  if (!content) return undefined
  if (content.kind === 'fault') throw unreadable(path, content.fault, 'put a file there, or nothing')
  return readSettings(parseJsonTree(content.bytes.toString('utf8'), path), path, USER_SECTIONS)
}
