import type { Upstream } from '../../network/url.ts'
import { visibleValue } from '../config/visible-value.ts'
import type { Context } from '../context.ts'
import { readClaudeState } from '../upstream/claude-state.ts'
import { openSecrets } from '../upstream/secrets.ts'

/** A credential that is there before anybody names one. */
export interface FoundCredential {
  /** As the configuration names it. */
  readonly reference: string
  /** For people. */
  readonly title: string
}

/**
 * What a configuration without a `credential` of the profile would take, such as a variable or a helper of Claude Code; undefined where that is
 * Claude Code's own login or the keychain. Nothing is looked up.
 */
export async function findCredential(
  context: Context,
  upstream: Upstream,
): Promise<FoundCredential | undefined> {
  const { credential } = context.config().values
  const claude = await readClaudeState(context)
  const { credentials: plan } = await openSecrets(context, { upstream, claude, mayUseApiKey: true, tags: {} })
  if (plan.kind === 'passthrough' || plan.reference.startsWith('keychain:')) return undefined
  if (credential !== 'auto')
    return { reference: credential, title: visibleValue(credential, { key: 'credential' }, 'anybody') }
  // A variable is named, so that another that `auto` prefers does not take its place some day.
  return { reference: plan.reference.startsWith('env:') ? plan.reference : 'auto', title: plan.reference }
}
