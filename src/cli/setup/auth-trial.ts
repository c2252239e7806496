import type { CredentialPlan } from '../../credentials/credential.ts'
import { isStopped, stoppedWords, TRIED_STYLES } from '../../doctor/upstream/credential.ts'
import type { Answer, Ask, Heard } from '../../doctor/upstream/hearing.ts'
import { errorIn, inWords } from '../../doctor/upstream/hearing.ts'
import { wrongQuestion } from '../../doctor/upstream/questions.ts'
import { isRedirect } from '../../doctor/upstream/reach.ts'
import { oneLine } from '../../exchange/one-line.ts'
import type { Context } from '../context.ts'
import { examineShortly } from '../examination/short-examination.ts'
import { modelsInUse } from '../upstream/models-in-use.ts'
import type { OpenAsk } from '../upstream/open-ask.ts'
import { openAsk } from '../upstream/open-ask.ts'

/** How an upstream wants its key; the reason is for people, without secrets. */
export type AuthFinding =
  | { readonly kind: 'usual' }
  | { readonly kind: 'other'; readonly auth: (typeof TRIED_STYLES)[number] }
  | { readonly kind: 'refused' | 'unproved'; readonly reason: string }

export interface AuthTrial {
  /** Not in its place yet; undefined for what the configuration names. */
  readonly key: string | undefined
  /** Whether the configuration says how the key is sent, so that nothing else is tried. */
  readonly isFixed: boolean
}

/**
 * Tries how the upstream takes the key, with requests that are wrong on purpose and cost nothing. Where that tells nothing, it shows
 * what `doctor` says of it.
 * @param context where the profile is in use @throws GatewayError of the configuration and of the credential
 */
export async function tryAuth(context: Context, { key, isFixed }: AuthTrial): Promise<AuthFinding> {
  const opened = await openAsk(context, key === undefined ? undefined : givenPlan(key))
  try {
    // Claude Code's own login is not ours to ask with.
    if (opened.credentials.kind === 'passthrough') return { kind: 'usual' }
    const finding = await findStyle(opened, isFixed)
    if (finding.kind === 'unproved') await examineShortly(context, opened, ['fail'])
    return finding
  } finally {
    opened.close()
  }
}

async function findStyle({ ask, config, claude }: OpenAsk, isFixed: boolean): Promise<AuthFinding> {
  const model = modelsInUse(config, claude, undefined)[0]?.sent ?? ''
  const finding = judge(await ask(wrongQuestion(model, 'Hello')))
  return finding.kind === 'refused' && !isFixed ? tryOthers(ask, model, finding) : finding
}

function givenPlan(key: string): CredentialPlan {
  const credential = { value: key.trim(), source: 'given' }
  const source = { check: () => {}, current: () => credential, refresh: async () => credential }
  return { kind: 'inject', reference: 'given', source, withheld: [] }
}

async function tryOthers(ask: Ask, model: string, refused: AuthFinding): Promise<AuthFinding> {
  for (const auth of TRIED_STYLES) {
    const finding = judge(await ask({ ...wrongQuestion(model, 'Hello'), auth }))
    if (finding.kind === 'usual') return { kind: 'other', auth }
  }
  return refused
}

/** Whoever finds fault with the request itself has let the key in. */
function judge(heard: Heard): AuthFinding {
  const reason = oneLine(inWords(heard), [], { areIdsPublic: true })
  if (heard.kind === 'silence') return { kind: 'unproved', reason }
  if (isRedirect(heard)) return { kind: 'unproved', reason: `${reason}, it redirects${targetOf(heard)}` }
  if (isStopped(heard)) return { kind: 'unproved', reason: stoppedWords(heard) }
  if ([401, 403].includes(heard.status)) return { kind: 'refused', reason }
  return tellsNothing(heard) ? { kind: 'unproved', reason } : { kind: 'usual' }
}

function targetOf({ headers: { location } }: Answer): string {
  return location && URL.canParse(location) ? ` to ${new URL(location).origin}` : ''
}

/** Whoever is busy or broken may not have looked at the key; some gateways make such an answer of any error, though. */
function tellsNothing(answer: Answer): boolean {
  const { status } = answer
  return (status === 407 || status === 429 || status >= 500) && !/max_tokens/.test(errorIn(answer).message)
}
