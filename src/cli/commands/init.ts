import { GatewayError } from '../../base/errors.ts'
import type { Context } from '../context.ts'
import { examineShortly } from '../examination/short-examination.ts'
import { tell } from '../output.ts'
import { nextSteps } from '../setup/next-steps.ts'
import { openPatientKeychain } from '../setup/patient-keychain.ts'
import { writtenContext } from '../setup/planned-context.ts'
import { canAsk } from '../setup/prompt.ts'
import type { Setup } from '../setup/setup.ts'
import { writeSetup } from '../setup/setup.ts'
import { chooseSetup } from '../setup/setup-choice.ts'
import { setupNotes } from '../setup/setup-notes.ts'
import { guardWrites } from '../setup/write-guard.ts'
import { openAsk } from '../upstream/open-ask.ts'

export interface InitInput {
  /** How the key is sent; undefined finds it by trying. */
  readonly auth?: string | undefined
  /** Takes the key from stdin. */
  readonly isKeyStdin: boolean
  /** Asks the upstream whether it takes the key, and looks at it afterwards. */
  readonly isChecked: boolean
  /** Takes what would be offered, and asks nothing. */
  readonly isYes: boolean
  /** Replaces what is there. */
  readonly isForced: boolean
  /** Whether there was anything else behind the command. */
  readonly hasArguments: boolean
}

/**
 * `claude-gw init`: sets up a profile, with questions or by options, and looks whether it works. Nothing is written
 * before everything is known, and then all of it or nothing.
 * @returns the exit code; 1 where something is written and a check failed
 * @throws GatewayError USAGE, INIT_*, CREDENTIAL_*, KEYCHAIN_*, CONFIG_*, STATE_UNWRITABLE
 */
export async function init(context: Context, input: InitInput): Promise<number> {
  refuseMisuse(context, input)
  const guard = guardWrites(process)
  const keychain = openPatientKeychain(context, guard)
  const setup = await withOwnWords(() =>
    chooseSetup(context, keychain, { ...input, mayAsk: mayAsk(context, input) }),
  )
  const path = await writeSetup(context, setup, keychain, guard)
  for (const note of await setupNotes(context, setup, path)) tell(context, note)
  const isFine = !input.isChecked || (await works(context, setup))
  if (!isFine) tell(context, 'that is written, but it does not work yet; `claude-gw doctor` looks again')
  if (!context.options.isQuiet)
    context.stderr.write(`\nWhat to type next:\n${nextSteps(setup.profile).join('\n')}\n`)
  return isFine ? 0 : 1
}

/** Asked through what is written, as a run would. */
async function works(context: Context, { profile }: Setup): Promise<boolean> {
  const opened = await openAsk(writtenContext(context, profile.name))
  try {
    return await examineShortly(context, opened, context.options.isQuiet ? ['fail'] : undefined)
  } finally {
    opened.close()
  }
}

/** What is wrong is said without the arguments themselves: one of them may be a key. */
function refuseMisuse(context: Context, input: InitInput): void {
  const { hasArguments, isKeyStdin } = input
  const reason = () => {
    if (hasArguments) return '`init` takes options only, and no key among them: others could read it there'
    if (isKeyStdin && process.stdin.isTTY)
      return '`--key-stdin` would show the key on the terminal; leave it out'
    const missing = mayAsk(context, input) ? [] : missingOptions(context, input)
    return missing.length > 0 && `there is no terminal to ask: add ${missing.join(', and ')}`
  }
  const found = reason()
  if (found) throw new GatewayError('USAGE', { reason: found })
}

function missingOptions({ options }: Context, { isKeyStdin, isYes }: InitInput): readonly string[] {
  const { upstream, credential } = options.flags
  if (isYes) return []
  return [
    ...(upstream === undefined ? ['`--upstream URL`'] : []),
    ...(credential === undefined && !isKeyStdin ? ['`--credential REF` or `--key-stdin`'] : []),
  ]
}

function mayAsk(context: Context, { isYes }: InitInput): boolean {
  return canAsk(context) && !isYes
}

async function withOwnWords<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    const isCancelled = error instanceof GatewayError && error.code === 'LOGIN_CANCELLED'
    throw isCancelled ? new GatewayError('INIT_CANCELLED') : error
  }
}
