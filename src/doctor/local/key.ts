import { statSync } from 'node:fs'
import { messageOf } from '../../base/errors.ts'
import type { Credential, CredentialPlan } from '../../credentials/credential.ts'
import { isOauthToken } from '../../credentials/credential.ts'
import { expiryMs, isJwt } from '../../credentials/token-expiry.ts'
import type { Check, Finding } from '../check.ts'
import { failed, ok, skipped, warn } from '../check.ts'
import type { Fact } from '../fact.ts'
import { known } from '../fact.ts'

export interface KeyFacts {
  /** Gives the id of the check that tells why it cannot be looked up, such as that of the keychain. */
  readonly findObstacle: () => Promise<string | undefined>
  readonly credentials: Fact<CredentialPlan>
  /** Looks up all that requests carry, secret headers too. @throws GatewayError of their sources */
  readonly lookUp: () => Promise<void>
  /** Whether a run around this command keeps it from what it starts. */
  readonly isInRun: boolean
  /** The file that holds it, if one does. */
  readonly file: string | undefined
  readonly nowMs: () => number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** These are asked again before a token ends. */
const RENEWED = /^(command:|vault:|apiKeyHelper$)/

/** Whether the credential is found, what kind it is, and how long it lasts. The secret itself is not shown. */
export function keyCheck(facts: KeyFacts): Check {
  return {
    id: 'key',
    title: 'a credential is found',
    cost: 'nothing',
    run: async () => {
      const teller = await facts.findObstacle()
      return teller === undefined
        ? find(facts).catch((error: unknown) => failure(error, facts))
        : skipped(`it needs what failed, see \`${teller}\``)
    },
  }
}

async function find({ credentials, lookUp, file, nowMs }: KeyFacts): Promise<Finding> {
  const plan = known(credentials)
  await lookUp()
  if (plan.kind === 'passthrough') return ok('none of ours: Claude Code’s own login goes through')
  return judge(await plan.source.current(), file, nowMs())
}

function failure(error: unknown, { isInRun }: KeyFacts): Finding {
  if (!isInRun) return failed(error)
  return warn(`${messageOf(error)}; the run around this command keeps it for itself`, {
    remedy: 'look again from a shell outside of that run',
  })
}

function judge(credential: Credential, file: string | undefined, nowMs: number): Finding {
  const { value, source } = credential
  const age = file === undefined ? '' : `, ${ageOf(file, nowMs)}`
  const evidence = `${kindOf(value)} from ${source}${age}`
  const endMs = expiryMs(value)
  if (endMs === undefined) return ok(evidence)
  const dated = `${evidence}, until ${new Date(endMs).toISOString()}`
  if (endMs - nowMs >= HOUR_MS || RENEWED.test(source)) return ok(dated)
  return warn(`${dated}: less than an hour`, { remedy: renewal(source) })
}

function kindOf(value: string): string {
  if (isOauthToken(value)) return 'an OAuth token'
  if (isJwt(value)) return 'a JWT'
  return value.startsWith('sk-ant-') ? 'an Anthropic key' : 'a key'
}

function ageOf(file: string, nowMs: number): string {
  const days = Math.floor((nowMs - statSync(file).mtimeMs) / DAY_MS)
  return days < 1 ? 'written today' : `written ${days} day${days === 1 ? '' : 's'} ago`
}

function renewal(source: string): string {
  if (source.startsWith('keychain:')) return 'store the next one with `claude-gw login`'
  return 'renew it where it comes from; a `command:` that prints it is asked again by itself'
}
