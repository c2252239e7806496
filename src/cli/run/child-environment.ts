import type { UpstreamFeatures } from '../../config/upstream-features.ts'
import type { ChildEnvironment } from '../../launch/child-env.ts'
import { childEnvironment } from '../../launch/child-env.ts'
import type { ChildGateway } from '../../launch/child-gateway.ts'
import type { Context } from '../context.ts'
import type { Invocation } from './invocation.ts'

/** What a child has to know of its gateway. */
export interface ChildFacts {
  readonly gateway: ChildGateway
  readonly runId: string
  readonly configuredUpstream: string
  readonly features: UpstreamFeatures
  readonly withheld: readonly string[]
}

/** The environment of a child behind a gateway. */
export function environmentOf(
  context: Context,
  { claude, parsed }: Invocation,
  facts: ChildFacts,
): ChildEnvironment {
  const { values } = context.config()
  return childEnvironment({
    env: context.env,
    platform: context.platform,
    layers: claude.layers,
    profile: values.profile,
    toolSearch: values.toolSearch,
    fineGrainedStreaming: values.fineGrainedStreaming,
    isBackground: parsed.kind === 'background',
    ...facts,
  })
}
