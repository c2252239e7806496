import { homedir } from 'node:os'
import type { Writable } from 'node:stream'
import type { Config } from '../config/config.ts'
import { resolveConfig } from '../config/config.ts'
import type { Flags } from '../config/global-options.ts'
import { stateDirectory } from '../config/paths.ts'

/** What a command may touch of the process it runs in; made once, in main. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly home: string
  readonly platform: NodeJS.Platform
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: Writable & { readonly isTTY?: boolean }
  readonly options: GlobalOptions
  /** Read at the first call. @throws GatewayError CONFIG_UNKNOWN_KEY, CONFIG_BAD_VALUE */
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
  let config: Config | undefined
  return {
    env: process.env,
    cwd: process.cwd(),
    home,
    platform: process.platform,
    stdout: process.stdout,
    stderr: process.stderr,
    options,
    config: () => {
      config ??= resolveConfig(options.flags, process.env)
      return config
    },
    stateDirectory: () => stateDirectory(process.env, home, process.platform),
  }
}
