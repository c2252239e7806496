import { resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Account } from '../../src/credentials/accounts.ts'
import { readAccount } from '../../src/credentials/accounts.ts'
import type { CliResult } from './cli.ts'
import { runCli } from './cli.ts'
import { Pty } from './pty.ts'
import type { KeychainState, SecretService } from './secret-service.ts'
import { startSecretService } from './secret-service.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const PROGRAM = resolve(import.meta.dirname, '../../bin/claude-gw.js')

/** Names itself, runs a program, and says whether that left the terminal as it was; Ctrl-C ends the program alone. */
const SHELL = `echo "shell $$"; trap : INT; before=$(stty -g); "$@"; code=$?
  [ "$before" = "$(stty -g)" ] && echo "terminal as before"; exit $code`

/** A user with a keychain and a state folder of their own. */
export interface LoginUser {
  readonly service: SecretService
  readonly state: string
  readonly env: Readonly<Record<string, string>>
  /** Runs claude-gw without a terminal. */
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<CliResult>
  /** Opens claude-gw from a shell in a terminal. */
  readonly open: (args: readonly string[], env?: Readonly<Record<string, string>>) => Pty
  /** What is recorded of an account. */
  readonly account: (name?: string) => Account | undefined
}

export interface RunOptions {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

/** @param secrets by account */
export async function openLoginUser(
  keychain: KeychainState = 'unlocked',
  secrets: Readonly<Record<string, string>> = {},
): Promise<LoginUser> {
  const service = await startSecretService(keychain, secrets)
  const state = temporaryDirectory()
  const env = { ...service.env, CLAUDE_GW_STATE_DIR: state }
  return {
    service,
    state,
    env,
    run: (args, { input, env: more } = {}) => {
      return runCli(args, { env: { ...env, ...more }, ...(input !== undefined && { input }) })
    },
    open: (args, more = {}) => {
      const terminal = new Pty({
        command: 'sh',
        args: ['-c', SHELL, 'sh', process.execPath, PROGRAM, ...args],
        env: { TERM: 'xterm', ...env, ...more },
        columns: 200,
      })
      onTestFinished(() => terminal.close())
      return terminal
    },
    account: (name = 'default') => readAccount(state, name),
  }
}
