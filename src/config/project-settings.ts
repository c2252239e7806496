import type { FileSettings } from './file-settings.ts'
import { readSettings, USER_SECTIONS } from './file-settings.ts'
import { refuseLiteralSecrets } from './literal-secret.ts'
import type { CheckedSettings } from './machine-file.ts'
import type { ProjectFile } from './project-file.ts'
import { readProjectFile } from './project-file.ts'
import { CONFIG_KEYS, SCHEMA } from './schema.ts'
import type { Trust } from './trust.ts'
import { trustOf } from './trust.ts'

type ReadFile = Extract<ProjectFile, { kind: 'file' }>

/**
 * What the project file of a folder may say: all, if the user trusts it as it is, else what is harmless.
 * @param directory of the user's configuration
 * @throws GatewayError CONFIG_*
 */
export function readProjectSettings(cwd: string, home: string, directory: string): CheckedSettings {
  const file = readProjectFile(cwd, home)
  if (!file) return {}
  if (file.kind === 'ignored') return { note: `${file.path} does not count: ${file.reason}` }
  const trust = trustOf(directory, file)
  return trust === 'trusted' ? { settings: settingsOf(file) } : readUntrusted(file, trust)
}

/** All that a project file would set once it is trusted. @throws GatewayError CONFIG_* */
export function settingsOf({ root, path }: ReadFile): FileSettings {
  refuseLiteralSecrets(root, path)
  return readSettings(root, path, USER_SECTIONS)
}

/** The rest is not even checked, as it may be for a newer claude-gw. */
function readUntrusted({ root, path }: ReadFile, trust: Trust): CheckedSettings {
  refuseLiteralSecrets(root, path)
  const members = [...root.value]
  const harmless = new Map(members.filter(([name]) => isHarmless(name)))
  const ignored = members.map(([name]) => name).filter((name) => !isHarmless(name))
  return {
    settings: readSettings({ ...root, value: harmless }, path, []),
    ...(ignored.length > 0 && { note: describe(path, trust, ignored) }),
  }
}

function isHarmless(name: string): boolean {
  return CONFIG_KEYS.some((key) => key === name && SCHEMA[key].isForUntrusted)
}

const SHOWN_NAMES = 8

function describe(path: string, trust: Trust, ignored: readonly string[]): string {
  const state = trust === 'changed' ? 'has changed since you trusted it' : 'is not trusted'
  const plain = ignored.filter((name) => /^[\w.-]{1,40}$/.test(name)).slice(0, SHOWN_NAMES)
  const rest = ignored.length - plain.length
  const names = [...plain.map((name) => `\`${name}\``), ...(rest > 0 ? [`${rest} more`] : [])].join(', ')
  return `${path} ${state}: only its tags count, not ${names} (look at it, then \`claude-gw config trust\`)`
}
