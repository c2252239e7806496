import { GatewayError } from '../../base/errors.ts'
import type { Flags } from '../../config/global-options.ts'
import { SCHEMA } from '../../config/schema.ts'
import type { AuthStyle } from '../../credentials/credential.ts'
import type { Context } from '../context.ts'
import type { AuthFinding } from './auth-trial.ts'
import { tryAuth } from './auth-trial.ts'
import { plannedContext } from './planned-context.ts'
import type { Freedom } from './profile-choice.ts'
import { askChoice, askText } from './prompt.ts'
import type { Setup } from './setup.ts'

type Trouble = Extract<AuthFinding, { readonly reason: string }>

/** What a person wants to answer anew. */
export type Again = 'key' | 'upstream'

/**
 * Tries how the upstream takes the key, and has that in the setup where it is not as usual.
 * @returns the setup, or what a person wants to answer anew
 * @throws GatewayError LOGIN_CANCELLED, INIT_REFUSED, INIT_UNPROVED, and of the credential
 */
export async function settleAuth(
  context: Context,
  setup: Setup,
  { mayAsk }: Freedom,
): Promise<Setup | Again> {
  const finding = await findAuth(context, setup, mayAsk)
  if (finding.kind === 'usual') return setup
  if (finding.kind === 'other') return { ...setup, auth: finding.auth }
  if (mayAsk)
    return finding.kind === 'refused' ? askBack(context, setup, finding) : askOn(context, setup, finding)
  const code = finding.kind === 'refused' ? 'INIT_REFUSED' : 'INIT_UNPROVED'
  throw new GatewayError(code, { upstream: setup.upstream.name, reason: finding.reason })
}

/** What is wrong with a place of a key can be corrected by a person as well. */
async function findAuth(context: Context, setup: Setup, mayAsk: boolean): Promise<AuthFinding> {
  try {
    const trial = { key: setup.credential.key?.secret, isFixed: setup.auth !== undefined }
    return await tryAuth(plannedContext(context, flagsOf(setup)), trial)
  } catch (error) {
    const isOfKey = error instanceof GatewayError && /^(CREDENTIAL|KEYCHAIN)_/.test(error.code)
    if (mayAsk && isOfKey) return { kind: 'refused', reason: error.message }
    throw error
  }
}

function flagsOf({ profile, upstream, credential, auth }: Setup): Flags & { readonly profile: string } {
  const { reference } = credential
  return { profile: profile.name, upstream: upstream.name, credential: reference, ...(auth && { auth }) }
}

async function askBack(context: Context, setup: Setup, { reason }: Trouble): Promise<Setup | Again> {
  const labels = {
    ...anew(context),
    header: 'name the header that the gateway looks into',
    keep: 'write it all the same',
    cancel: 'cancel',
  }
  const message = `${setup.upstream.name} does not accept the key (${reason}).`
  const answer = await askChoice<Again | 'header' | 'keep' | 'cancel'>(context, message, labels, 'key')
  if (answer === 'cancel') throw new GatewayError('LOGIN_CANCELLED')
  if (answer === 'keep') return setup
  if (answer !== 'header') return answer
  const auth = await askHeader(context)
  return settleAuth(context, { ...setup, auth }, { mayAsk: true, isForced: false })
}

async function askOn(context: Context, setup: Setup, { reason }: Trouble): Promise<Setup | Again> {
  const { upstream } = anew(context)
  const labels = { ...(upstream && { upstream }), keep: 'write it all the same', cancel: 'cancel' }
  const message = `${setup.upstream.name} did not tell whether it accepts the key (${reason}).`
  const answer = await askChoice<'upstream' | 'keep' | 'cancel'>(context, message, labels, 'upstream')
  if (answer === 'cancel') throw new GatewayError('LOGIN_CANCELLED')
  return answer === 'keep' ? setup : answer
}

/** What an option gave is no question. */
function anew({ options: { flags } }: Context): Partial<Record<Again, string>> {
  return {
    ...(flags.credential === undefined && { key: 'give another key' }),
    ...(flags.upstream === undefined && { upstream: 'name another URL' }),
  }
}

async function askHeader(context: Context): Promise<AuthStyle> {
  const name = await askText(context, 'Name of the header', '', (text) =>
    SCHEMA.auth.kind.parse(`header:${text}`) ? undefined : 'a key cannot go in a header of this name',
  )
  return `header:${name}`
}
