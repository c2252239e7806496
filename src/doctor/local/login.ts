import type { CredentialPlan } from '../../credentials/credential.ts'
import type { Upstream } from '../../network/url.ts'
import type { Check, Finding } from '../check.ts'
import { ok, warn } from '../check.ts'
import type { Fact } from '../fact.ts'
import { given } from '../fact.ts'

export interface LoginFacts {
  /** Of Claude Code: saved, or the variable that holds its token; undefined if there is none. */
  readonly login: string | undefined
  readonly credentials: CredentialPlan
  /** Whether the key `credential` asks for the login to go through. */
  readonly isMeant: boolean
  /** Whether the key is for `-p` alone, because sessions go with the login. */
  readonly isForPrintOnly: boolean
  readonly upstream: Upstream
}

/** What a login of Claude Code means for the credential that requests carry. */
export function loginCheck(facts: Fact<LoginFacts>): Check {
  return {
    id: 'login',
    title: 'a Claude login goes where it belongs',
    cost: 'nothing',
    run: () => given(facts, 'key', judge),
  }
}

function judge({ login, credentials, isMeant, isForPrintOnly, upstream }: LoginFacts): Finding {
  if (credentials.kind === 'inject') {
    if (login === undefined) return ok('there is none, and none is needed')
    if (isForPrintOnly) return ok(`${login}: sessions go with it, only \`-p\` with ANTHROPIC_API_KEY`)
    return ok(`${login}, and not used: requests carry what ${credentials.reference} holds`)
  }
  if (login === undefined)
    return warn('there is none, and no key either: Claude Code will ask for a login', {
      remedy: 'store a key with `claude-gw login`, or type `/login` in Claude Code',
    })
  if (upstream.isAnthropic || isMeant) return ok(`${login}: requests go with it to ${upstream.name}`)
  return warn(`${login}: requests take its token to ${upstream.name}`, {
    remedy:
      'store a key for it with `claude-gw login`, or set `credential` to `passthrough` if that is meant',
  })
}
