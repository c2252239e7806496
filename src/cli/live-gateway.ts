import { isGateway } from '../broker/probe.ts'
import { readEntry } from '../broker/registry.ts'
import type { OuterRun } from '../launch/child-gateway.ts'
import { findOuterRun } from '../launch/child-gateway.ts'
import type { Context } from './context.ts'
import { namedVariables, tellingVariables } from './secrets.ts'

/** A gateway of this profile that runs already, and what a child of ours has to know of it. */
export interface LiveGateway extends OuterRun {
  /** Whether the upstream is api.anthropic.com. */
  readonly isFirstParty: boolean
  /** Names of the variables that hold the upstream credential. */
  readonly withheld: readonly string[]
}

/** The one of a run around this one, which has done for the child what there is to do. */
export async function findLiveOuterRun(context: Context): Promise<LiveGateway | undefined> {
  if (asksForAnother(context)) return undefined
  const outer = findOuterRun(context.env, context.config().values.profile)
  if (!outer || !(await isGateway(outer.gateway.url, outer.gateway.access))) return undefined
  return { ...outer, isFirstParty: false, withheld: [] }
}

/** The one of `claude-gw serve`. */
export async function findLiveServe(context: Context): Promise<LiveGateway | undefined> {
  if (asksForAnother(context)) return undefined
  const config = context.config()
  const { values } = config
  const entry = readEntry(context.stateDirectory(), values.profile)
  if (!entry || !(await isGateway(entry.url, entry.access))) return undefined
  const { runId, url, access, isAnthropic } = entry
  return {
    runId,
    gateway: { url, access },
    isFirstParty: isAnthropic,
    withheld: [...namedVariables(config), ...tellingVariables(values)],
  }
}

/** What stands on the command line is for this run alone. */
function asksForAnother({ options }: Context): boolean {
  const { upstream, credential } = options.flags
  return upstream !== undefined || credential !== undefined
}
