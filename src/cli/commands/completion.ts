import type { Command } from 'commander'
import { bashCompletion } from '../bash-completion.ts'
import type { CompletionShell } from '../completion-shells.ts'
import type { CompletionTable } from '../completion-table.ts'
import { completionTable } from '../completion-table.ts'
import type { Context } from '../context.ts'
import { fishCompletion } from '../fish-completion.ts'
import { print } from '../output.ts'
import { zshCompletion } from '../zsh-completion.ts'

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
