import { homedir } from 'node:os'
import type { Writable } from 'node:stream'
import type { Config } from '../config/config.ts'
import { resolveConfig } from '../config/config.ts'
import { readConfigFiles } from '../config/files.ts'
import type { Flags } from '../config/global-options.ts'
import { stateDirectory } from '../config/paths.ts'
import { tellConfigNotes } from './config-notes.ts'

/** What a command may touch of the process it runs in; made once, in main. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly home: string
  readonly platform: NodeJS.Platform
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: Writable & { readonly isTTY?: boolean }
  readonly options: GlobalOptions
  /** Read at the first call, which tells a person what in it does not count. @throws GatewayError CONFIG_* */
  readonly config: () => Config
  readonly stateDirectory: () => string
}

/** The options that are accepted before every command. */
export interface GlobalOptions {
  readonly flags: Flags
  readonly summaryFile?: string
  readonly isQuiet: boolean
  readonly isVerbose: boolean
  /** false after `--no-color`. */
  readonly canColor: boolean
}

/** The context of this process. */
export function createContext(options: GlobalOptions): Context {
  const home = homedir()
  const { env, platform, stdout, stderr } = process
  const cwd = process.cwd()
  let config: Config | undefined
  return {
    env,
    cwd,
    home,
    platform,
    stdout,
    stderr,
    options,
    config: () => {
      if (config) return config
      config = resolveConfig(options.flags, env, readConfigFiles({ env, cwd, home, platform }))
      tellConfigNotes(config, stderr, options)
      return config
    },
    stateDirectory: () => stateDirectory(env, home, platform),
  }
}
