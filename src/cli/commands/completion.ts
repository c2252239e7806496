import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { bashCompletion } from '../help/bash-completion.ts'
import type { CompletionShell } from '../help/completion-shells.ts'
import type { CompletionTable } from '../help/completion-table.ts'
import { completionTable } from '../help/completion-table.ts'
import { fishCompletion } from '../help/fish-completion.ts'
import { zshCompletion } from '../help/zsh-completion.ts'
import { print } from '../output.ts'

export interface CompletionInput {
  readonly shell: CompletionShell
  /** The table of all commands. */
  readonly program: Command
}

const WRITERS: Readonly<Record<CompletionShell, (table: CompletionTable) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

/** `claude-gw completion`: a script that completes without starting this program. @returns the exit code */
export async function completion({ stdout }: Context, { shell, program }: CompletionInput): Promise<number> {
  await print(stdout, WRITERS[shell](completionTable(program)))
  return 0
}
