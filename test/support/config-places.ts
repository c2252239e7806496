import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../src/config/config.ts'
import { resolveConfig } from '../../src/config/config.ts'
import { readConfigFiles } from '../../src/config/files.ts'
import type { Flags } from '../../src/config/global-options.ts'
import { readProjectFile } from '../../src/config/project-file.ts'
import { trustFile } from '../../src/config/trust-store.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** A user with a home, a repository in it, and an administrator, all with files of their own. */
export interface ConfigPlaces {
  readonly home: string
  readonly repository: string
  /** Of the user's configuration. */
  readonly directory: string
  readonly userFile: string
  readonly machineFile: string
  readonly projectFile: string
  readonly resolve: (options?: ResolveOptions) => Config
  /** Trusts the project file as it is now. */
  readonly trust: (cwd?: string) => Promise<void>
}

export interface ResolveOptions {
  readonly flags?: Flags
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly administratorUid?: number
  readonly platform?: NodeJS.Platform
}

export interface ConfigTexts {
  readonly machine?: unknown
  readonly user?: unknown
  readonly project?: unknown
}

/** @param files their contents: a text as it is, all else as JSON */
export function openConfigPlaces(files: ConfigTexts = {}): ConfigPlaces {
  const home = temporaryDirectory()
  const [repository, directory, machine] = ['repository', 'config', 'machine'].map((name) => join(home, name))
  const places = {
    userFile: join(directory as string, 'config.json'),
    machineFile: join(machine as string, 'config.json'),
    projectFile: join(repository as string, '.claude-gw.json'),
  }
  for (const folder of [directory, machine, join(repository as string, '.git')])
    mkdirSync(folder as string, { recursive: true, mode: 0o755 })
  writeConfig(places.machineFile, files.machine)
  writeConfig(places.userFile, files.user)
  writeConfig(places.projectFile, files.project)
  return {
    home,
    repository: repository as string,
    directory: directory as string,
    ...places,
    resolve: ({ flags = {}, env = {}, cwd = repository as string, administratorUid, platform } = {}) => {
      const seen = { ...env, CLAUDE_GW_CONFIG_DIR: directory as string }
      const surroundings = { env: seen, cwd, home, platform: platform ?? process.platform }
      const uid = administratorUid ?? process.getuid?.() ?? 0
      const place = { path: places.machineFile, administratorUid: uid }
      return resolveConfig(flags, seen, readConfigFiles(surroundings, place))
    },
    trust: async (cwd = repository as string) => {
      const file = readProjectFile(cwd, home)
      if (file?.kind !== 'file') throw new Error('there is no project file to trust')
      await trustFile(directory as string, file)
    },
  }
}

/** Writes a configuration file; nothing for undefined. */
export function writeConfig(path: string, content: unknown): void {
  if (content === undefined) return
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2))
}
