import { GatewayError } from '../base/errors.ts'
import { shellWord } from '../base/shell-word.ts'
import type { AuthStyle, Credential, CredentialStore, Freshness } from './credential.ts'
import { complaint } from './helper-complaint.ts'
import { isInLoop } from './helper-environment.ts'
import type { HelperCommand, HelperOutcome } from './helper-process.ts'
import { runHelper } from './helper-process.ts'
import type { Machine } from './machine.ts'
import { isOnPath } from './program-path.ts'
import { checkToken } from './token.ts'

/** A program that prints a credential. */
export interface Helper {
  /** For people; the command itself may hold secrets. */
  readonly reference: string
  /** How the record names it, if not by the reference. */
  readonly source?: string
  readonly style?: AuthStyle
  readonly command: HelperCommand
  /** Else it starts in the home folder. */
  readonly isInOurFolder?: boolean
}

export interface HelperOptions {
  readonly machine: Machine
  readonly timeoutMs: number
  readonly freshness: Freshness
}

const LOOP = 'it leads back to claude-gw'

type Exit = Extract<HelperOutcome, { readonly kind: 'exited' }>

/** The credential that a program prints; without running it, all that is known is whether it is there. */
export function helperStore(helper: Helper, options: HelperOptions): CredentialStore {
  const { reference } = helper
  const check = checkOnce(helper, options)
  return { reference, freshness: options.freshness, check, read: () => read(helper, options) }
}

/** What was there once is not looked for again: reading tells if it is gone. */
function checkOnce(helper: Helper, { machine }: HelperOptions): () => void {
  const { command } = helper
  let isThere = command.kind === 'shell'
  return () => {
    isThere ||= command.kind === 'program' && isOnPath(command.file, machine)
    if (!isThere) throw missing(helper)
  }
}

async function read(helper: Helper, { machine, timeoutMs }: HelperOptions): Promise<Credential> {
  if (isInLoop(machine.env)) throw loop(helper)
  const { command, isInOurFolder = false } = helper
  const outcome = await runHelper(command, { machine, timeoutMs, isInOurFolder })
  switch (outcome.kind) {
    case 'exited':
      return credentialOf(helper, outcome, machine)
    case 'not-found':
      throw missing(helper)
    case 'timeout':
      throw failure(helper, outcome.reason, `${lookYourself(helper)}, or raise CLAUDE_GW_CREDENTIAL_TIMEOUT`)
    case 'failed':
      throw failure(helper, outcome.reason)
  }
}

/** Its stdout without the space around it, if that is one token, as Claude Code wants it of a helper. */
function credentialOf(helper: Helper, exit: Exit, { env }: Machine): Credential {
  const { reference, source = reference, style, command } = helper
  const fail = (what: string) => {
    const said = complaint({ command, env, ...exit })
    return failure(helper, said ? `${what}: ${said}` : what)
  }
  if (exit.exitCode !== 0 && exit.stderr.includes(LOOP)) throw loop(helper)
  if (exit.exitCode !== 0) throw fail(`it exited with ${exit.exitCode}`)
  const value = exit.stdout.trim()
  if (value === '') throw fail('it printed nothing')
  if (/\s/.test(value)) throw failure(helper, 'it printed more than one word', 'let it print the token alone')
  return { value: checkToken(value, reference), source, ...(style && { style }) }
}

function failure(helper: Helper, reason: string, remedy = lookYourself(helper)): GatewayError {
  return new GatewayError('CREDENTIAL_FAILED', { reference: helper.reference, reason, remedy })
}

/** A shell line may hold secrets, so it is not repeated. */
function lookYourself({ command }: Helper): string {
  if (command.kind === 'shell') return 'run the command yourself in a shell to see why'
  return `run \`${[command.file, ...command.args].map(shellWord).join(' ')}\` yourself to see why`
}

/** Such as `credential: command:claude-gw key`; the innermost says so, and those around it repeat it. */
function loop(helper: Helper): GatewayError {
  const remedy = 'name another one: it must not call `claude-gw key` of the same profile'
  return failure(helper, LOOP, remedy)
}

function missing(helper: Helper): GatewayError {
  const program = helper.command.kind === 'shell' ? 'sh' : helper.command.file
  const remedy = `install \`${program}\`, or name another place with \`--credential\``
  return failure(helper, `the program \`${program}\` is not on PATH`, remedy)
}
