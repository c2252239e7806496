import { GatewayError } from '../../base/errors.ts'
import type { KeychainEntry } from '../../credentials/keychain-items.ts'
import type { Destination } from '../../credentials/store-key.ts'
import { confirmKey, storeKey } from '../../credentials/store-key.ts'
import { checkToken } from '../../credentials/token.ts'
import type { Context } from '../context.ts'
import { describePlace, keyAccount } from '../setup/account.ts'
import { askKey, readKey } from '../setup/given-key.ts'
import type { Trial } from '../setup/key-check.ts'
import { openPatientKeychain } from '../setup/patient-keychain.ts'
import { askChoice, askYes, canAsk } from '../setup/prompt.ts'
import { readClaudeState } from '../upstream/claude-state.ts'
import { resolveUpstream } from '../upstream/upstream.ts'

export interface LoginInput {
  /** Takes the key from stdin, and does not ask anything. */
  readonly isStdin: boolean
  /** Proves the key before it is stored. */
  readonly isChecked: boolean
  /** Stores nothing new: the stored key is for this upstream. */
  readonly isKept: boolean
  /** Whether there was anything else behind the command. */
  readonly hasArguments: boolean
}

interface Target extends Destination, Trial {
  /** Upstream and profile, for questions. */
  readonly title: string
}

/**
 * Stores a key in the keychain, for the upstream of the profile and for no other.
 * @throws GatewayError USAGE, LOGIN_CANCELLED, CREDENTIAL_*, KEYCHAIN_*, STATE_UNWRITABLE, of the configuration
 */
export async function login(context: Context, input: LoginInput): Promise<number> {
  refuseMisuse(context, input)
  const target = await findTarget(context)
  const given = input.isStdin ? await readKey() : undefined
  const keychain = openPatientKeychain(context)
  const stored = await keychain.get(target.account)
  const mayAsk = given === undefined && stored !== undefined
  const isKept = input.isKept || (mayAsk && (await wantsStored(context, target, stored)))
  const secret = isKept ? secretOf(stored, target) : (given ?? (await askKey(context, target.title)))
  if (input.isChecked) await prove(context, target, secret.trim())
  await (isKept ? confirmKey : storeKey)(target, keychain, secret)
  const deed = stored === undefined ? 'stored' : 'replaced'
  announce(context, target, isKept ? 'kept' : deed)
  return 0
}

/** What is wrong is said without the arguments themselves: one of them may be a key. */
function refuseMisuse(context: Context, { isStdin, isKept, hasArguments }: LoginInput): void {
  const reason = () => {
    if (hasArguments) return '`login` takes no arguments, least of all a key: others could read it there'
    if (isStdin && isKept) return '`--stdin` brings a new key, and `--keep` keeps the stored one'
    if (isStdin) return process.stdin.isTTY && '`--stdin` would show the key on the terminal; leave it out'
    return !isKept && !canAsk(context) && NO_TERMINAL
  }
  const found = reason()
  if (found) throw new GatewayError('USAGE', { reason: found })
}

const NO_TERMINAL = 'there is no terminal to ask for the key; use `claude-gw login --stdin < FILE`'

async function findTarget(context: Context): Promise<Target> {
  const config = context.config()
  const { account } = keyAccount(config)
  const claude = await readClaudeState(context)
  const upstream = resolveUpstream(config, claude)
  const { profile } = config.values
  const { origin } = upstream.url
  return {
    stateDirectory: context.stateDirectory(),
    account,
    origin,
    upstream,
    claude,
    title: `${origin} (profile ${profile}${account === profile ? '' : `, account ${account}`})`,
  }
}

/** Whether a person wants the stored key to be for this upstream; if not, a new one is next. @throws GatewayError LOGIN_CANCELLED */
async function wantsStored(
  context: Context,
  { origin, title }: Target,
  { origin: known }: KeychainEntry,
): Promise<boolean> {
  if (known === undefined || known === origin) {
    if (await askYes(context, `There is a key for ${title}. Replace it?`)) return false
    throw new GatewayError('LOGIN_CANCELLED')
  }
  const message = `The stored key is for ${known ?? 'no upstream'}, and this is ${title}.`
  const labels = {
    keep: 'use it for this upstream, and no longer for that',
    new: 'enter a new one',
    cancel: 'cancel',
  }
  const choice = await askChoice(context, message, labels, 'new')
  if (choice === 'cancel') throw new GatewayError('LOGIN_CANCELLED')
  return choice === 'keep'
}

/** As the keychain has it, which may be with the newline that was piped into it. */
function secretOf(stored: KeychainEntry | undefined, { account, origin }: Target): string {
  const reference = `keychain:${account}`
  if (stored?.secret !== undefined) {
    checkToken(stored.secret.trim(), reference)
    return stored.secret
  }
  throw new GatewayError('CREDENTIAL_NOT_FOUND', {
    upstream: origin,
    reason: `nothing is stored for ${reference}`,
    remedy: 'leave out `--keep` to store a key',
  })
}

async function prove(context: Context, target: Target, key: string): Promise<void> {
  const { checkKey } = await import('../setup/key-check.ts')
  await checkKey(context, target, key)
  tell(context, `${target.upstream.name} accepts the key`)
}

function announce(context: Context, { account, origin }: Target, deed: 'stored' | 'replaced' | 'kept'): void {
  tell(context, `${deed} in ${describePlace(account, context.platform)}, for ${origin}`)
  const { origins } = context.config()
  if (!keyAccount(context.config()).isInUse)
    tell(context, `it is not used as long as ${origins.credential} names another source`)
}

function tell({ stderr, options }: Context, line: string): void {
  if (!options.isQuiet) stderr.write(`claude-gw: ${line}\n`)
}
