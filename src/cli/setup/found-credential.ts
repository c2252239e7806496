import { visibleValue } from '../config/visible-value.ts'
import type { Context } from '../context.ts'
import { readClaudeState } from '../upstream/claude-state.ts'
import { openSecrets } from '../upstream/secrets.ts'
import type { CredentialQuestion } from './chosen-credential.ts'

/** A credential that is there before anybody names one. */
export interface FoundCredential {
  /** As the configuration names it. */
  readonly reference: string
  /** For people. */
  readonly title: string
}

/**
 * What the profile has for this upstream, else what a configuration without it would take, such as a variable or a helper of Claude Code;
 * undefined where that is Claude Code's own login or the keychain. Nothing is looked up.
 */
export async function findCredential(
  context: Context,
  { upstream, former }: Pick<CredentialQuestion, 'upstream' | 'former'>,
): Promise<FoundCredential | undefined> {
  if (former !== undefined) return /^(passthrough|keychain:)$/i.test(former) ? undefined : named(former)
  const { credential } = context.config().values
  const claude = await readClaudeState(context)
  const { credentials: plan } = await openSecrets(context, { upstream, claude, mayUseApiKey: true, tags: {} })
  if (plan.kind === 'passthrough' || plan.reference.startsWith('keychain:')) return undefined
  if (credential !== 'auto') return named(credential)
  // A variable is named, so that another that `auto` prefers does not take its place some day.
  return { reference: plan.reference.startsWith('env:') ? plan.reference : 'auto', title: plan.reference }
}

function named(reference: string): FoundCredential {
  return { reference, title: visibleValue(reference, { key: 'credential' }, 'anybody') }
}
