import { GatewayError } from '../base/errors.ts'
import type { FileSettings } from './file-settings.ts'
import { readSettings, USER_SECTIONS } from './file-settings.ts'
import type { JsonRoot } from './json-tree.ts'
import { parseJsonTree } from './json-tree.ts'
import { refuseLiteralSecrets } from './literal-secret.ts'
import type { CheckedSettings } from './machine-file.ts'
import type { ProjectFile } from './project-file.ts'
import { readProjectFile } from './project-file.ts'
import { CONFIG_KEYS, SCHEMA } from './schema.ts'
import type { Trust } from './trust.ts'
import { trustOf } from './trust.ts'

type ReadFile = Extract<ProjectFile, { kind: 'file' }>

/**
 * What the project file of a folder may say: all, if the user trusts it as it is, else what is harmless. Whoever wrote a
 * file that is not trusted shall stop no command with it: what is wrong there is a note.
 * @param directory of the user's configuration
 * @throws GatewayError CONFIG_* for a file that is trusted
 */
export function readProjectSettings(cwd: string, home: string, directory: string): CheckedSettings {
  let isTrusted = false
  try {
    const file = readProjectFile(cwd, home)
    if (!file) return {}
    if (file.kind === 'ignored') return { note: `${file.path} does not count: ${file.reason}` }
    const trust = trustOf(directory, file)
    isTrusted = trust === 'trusted'
    return isTrusted ? { settings: settingsOf(file) } : readUntrusted(file, trust)
  } catch (error) {
    if (isTrusted || !(error instanceof GatewayError)) throw error
    return { note: `${error.message}; nothing in that file counts (${error.remedy})` }
  }
}

/** All that a project file would set once it is trusted. @throws GatewayError CONFIG_* */
export function settingsOf(file: ReadFile): FileSettings {
  return readSettings(parse(file), file.path, USER_SECTIONS)
}

function parse({ text, path }: ReadFile): JsonRoot {
  const root = parseJsonTree(text, path)
  refuseLiteralSecrets(root, path)
  return root
}

/** The rest is checked only for what is said of it, as it may be for a newer claude-gw. */
function readUntrusted(file: ReadFile, trust: Trust): CheckedSettings {
  const { path } = file
  const root = parse(file)
  const members = [...root.value]
  const harmless = new Map(members.filter(([name]) => isHarmless(name)))
  const ignored = members.map(([name]) => name).filter((name) => !isHarmless(name))
  return {
    settings: readSettings({ ...root, value: harmless }, path, []),
    ...(ignored.length > 0 && { note: describe(path, trust, ignored, faultOf(file)) }),
  }
}

/** Why the file could not be trusted as it is. */
function faultOf(file: ReadFile): string | undefined {
  try {
    settingsOf(file)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function isHarmless(name: string): boolean {
  return CONFIG_KEYS.some((key) => key === name && SCHEMA[key].isForUntrusted)
}

const SHOWN_NAMES = 8

function describe(path: string, trust: Trust, ignored: readonly string[], fault: string | undefined): string {
  const state = trust === 'changed' ? 'has changed since you trusted it' : 'is not trusted'
  const plain = ignored.filter((name) => /^[\w.-]{1,40}$/.test(name)).slice(0, SHOWN_NAMES)
  const rest = ignored.length - plain.length
  const names = [...plain.map((name) => `\`${name}\``), ...(rest > 0 ? [`${rest} more`] : [])].join(', ')
  const advice = fault
    ? `it cannot be trusted as it is: ${fault}`
    : 'look at it, then `claude-gw config trust`'
  return `${path} ${state}: only its tags count, not ${names} (${advice})`
}
