import type { Stats } from 'node:fs'
import { lstatSync } from 'node:fs'
import { dirname } from 'node:path'
import { readFileBytes } from './file-bytes.ts'
import type { FileSettings } from './file-settings.ts'
import { MACHINE_SECTIONS, readSettings } from './file-settings.ts'
import { parseJsonTree } from './json-tree.ts'
import { findWindowsFault } from './windows-access.ts'

/** Where the file is that an administrator leaves for everybody, and who the administrator is. */
export interface AdministratorPlace {
  readonly path: string
  readonly administratorUid: number
}

/** The settings of a file that counts; a note for people where it does not count, or not all of it. */
export interface CheckedSettings {
  readonly settings?: FileSettings
  readonly note?: string
}

/**
 * What the machine file says. It counts if it and its folder belong to the administrator, and nobody else can write
 * there.
 * @throws GatewayError CONFIG_* for one that counts, or that cannot be read
 */
export function readMachineSettings(place: AdministratorPlace, platform: NodeJS.Platform): CheckedSettings {
  const { path } = place
  const content = readFileBytes(path, (stats) =>
    platform === 'win32' ? findWindowsFault([dirname(path), path]) : findFault(stats, place),
  )
  if (!content) return {}
  if (content.kind === 'fault') return { note: `${path} does not count: ${content.fault}` }
  return {
    settings: readSettings(parseJsonTree(content.bytes.toString('utf8'), path), path, MACHINE_SECTIONS),
  }
}

/** A link in place of the file or of its folder could lead to where others write. */
function findFault(opened: Stats, { path, administratorUid }: AdministratorPlace): string | undefined {
  const folder = dirname(path)
  if (lstatSync(path).isSymbolicLink()) return 'it is a link'
  if (lstatSync(folder).isSymbolicLink()) return `${folder} is a link`
  return (
    findOwnerFault('it', opened, administratorUid) ??
    findOwnerFault(folder, lstatSync(folder), administratorUid)
  )
}

function findOwnerFault(name: string, { uid, mode }: Stats, administratorUid: number): string | undefined {
  if (uid !== administratorUid) return `${name} belongs to a user that is no administrator (${uid})`
  if ((mode & 0o022) === 0) return undefined
  return `others can write ${name} (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`
}
