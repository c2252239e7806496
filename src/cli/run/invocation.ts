import type { ClaudeArguments } from '../../claude/arguments.ts'
import type { ClaudeState } from '../upstream/claude-state.ts'

/** What is to be started. */
export interface Command {
  readonly program: string
  /** Arguments before those of Claude Code: its script, where the program only runs that. */
  readonly prefix: readonly string[]
  /** For Claude Code, verbatim. */
  readonly args: readonly string[]
}

/** A command, and what was found out about it. */
export interface Invocation extends Command {
  readonly parsed: ClaudeArguments
  readonly claude: ClaudeState
}
