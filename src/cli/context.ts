import type { Writable } from 'node:stream'
import type { Config } from '../config/config.ts'
import type { Flags } from '../config/global-options.ts'

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
