import { homedir } from 'node:os'
import type { Config } from '../config/config.ts'
import { resolveConfig } from '../config/config.ts'
import { readConfigFiles } from '../config/files.ts'
import { stateDirectory } from '../config/paths.ts'
import { tellConfigNotes } from './config-notes.ts'
import type { Context, GlobalOptions } from './context.ts'

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
