import { GatewayError } from '../../base/errors.ts'
import { isGateway } from '../../broker/probe.ts'
import { readEntry } from '../../broker/registry.ts'
import type { UpstreamFeatures } from '../../config/upstream-features.ts'
import { knownFeatures } from '../../config/upstream-features.ts'
import type { OuterRun } from '../../launch/child-gateway.ts'
import { findOuterRun, markOf } from '../../launch/child-gateway.ts'
import type { Context } from '../context.ts'
import { namedVariables, tellingVariables } from '../upstream/secrets.ts'
import type { ClaudeSources } from '../upstream/upstream.ts'
import { configuredUpstream } from '../upstream/upstream.ts'

/** A gateway of this profile that runs already, and what a child of ours has to know of it. */
export interface LiveGateway extends Omit<OuterRun, 'upstreamMark'> {
  /** The upstream that variables and files name. */
  readonly configuredUpstream: string
  /** What is known to work through the upstream. */
  readonly features: UpstreamFeatures
  /** Names of the variables that hold the upstream credential. */
  readonly withheld: readonly string[]
}

/** The one of a run around this one, which has done for the child what there is to do. */
export async function findLiveOuterRun(
  context: Context,
  claude: ClaudeSources,
): Promise<LiveGateway | undefined> {
  if (asksForAnother(context)) return undefined
  const config = context.config()
  const outer = findOuterRun(context.env, config.values.profile)
  const wanted = configuredUpstream(config, claude)
  if (!outer || outer.upstreamMark !== markOf(wanted)) return undefined
  if (!(await isGateway(outer.gateway.url, outer.gateway.access))) return undefined
  return { ...outer, configuredUpstream: wanted, features: {}, withheld: [] }
}

/** The one of `claude-gw serve`. @throws GatewayError SERVE_ELSEWHERE */
export async function findLiveServe(
  context: Context,
  claude: ClaudeSources,
): Promise<LiveGateway | undefined> {
  if (asksForAnother(context)) return undefined
  const config = context.config()
  const { values } = config
  const entry = readEntry(context.stateDirectory(), values.profile)
  if (!entry || !(await isGateway(entry.url, entry.access))) return undefined
  const { runId, url, access } = entry
  const wanted = configuredUpstream(config, claude)
  if (entry.configuredUpstream !== wanted)
    throw new GatewayError('SERVE_ELSEWHERE', { profile: values.profile, upstream: entry.upstream, wanted })
  return {
    runId,
    configuredUpstream: wanted,
    gateway: { url, access },
    features: knownFeatures(context.stateDirectory(), { ...entry, name: entry.upstream }),
    withheld: [...namedVariables(config), ...tellingVariables(values)],
  }
}

/** What stands on the command line is for this run alone. */
function asksForAnother({ options }: Context): boolean {
  const { upstream, credential } = options.flags
  return upstream !== undefined || credential !== undefined
}
