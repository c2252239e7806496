import type { ClaudeSources } from './upstream.ts'

/** The variables that Claude Code itself would go by, for what both of us need of the network. */
export interface ClaudeEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where a variable stands, for people. */
  readonly originOf: (variable: string) => string
}

/** Those of the process, over them the user's settings, over them managed ones; a repository's have no say. */
export function claudeEnvironment({ env, userEnv, managedEnv }: ClaudeSources): ClaudeEnvironment {
  return {
    env: { ...env, ...userEnv, ...managedEnv },
    originOf: (variable) => {
      if (variable in managedEnv) return `managed settings of Claude Code, env.${variable}`
      return variable in userEnv ? `user settings of Claude Code, env.${variable}` : variable
    },
  }
}
