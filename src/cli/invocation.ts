import type { ClaudeArguments } from '../claude/arguments.ts'
import type { ClaudeState } from './claude-state.ts'

/** A program to start, and what was found out about it. */
export interface Invocation {
  readonly program: string
  readonly args: readonly string[]
  readonly parsed: ClaudeArguments
  readonly claude: ClaudeState
}
