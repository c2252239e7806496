import { reasonOf } from '../../base/errors.ts'
import { hasSavedLogin, isApprovedApiKey } from '../../claude/login.ts'
import { repositoryTags } from '../../config/repository.ts'
import { knownFeatures } from '../../config/upstream-features.ts'
import { noteWait } from '../../credentials/wait-notice.ts'
import type { ChildEnvironment } from '../../launch/child-env.ts'
import type { Context } from '../context.ts'
import type { Session } from '../session/session.ts'
import { openSession } from '../session/session.ts'
import { silenceDebug } from '../session/silence.ts'
import { runChild } from './child.ts'
import { environmentOf } from './child-environment.ts'
import { watchTermination } from './drain.ts'
import type { Invocation } from './invocation.ts'
import { finishRun } from './run-end.ts'
import { isTalkative, startText } from './summary.ts'

/** A gateway of its own, and the child behind it, to the end of both. @returns the exit code @throws GatewayError before the child is started */
export async function runWithGateway(context: Context, invocation: Invocation): Promise<number> {
  const startedAt = new Date()
  const session = await openSession(context, {
    port: 0,
    claude: invocation.claude,
    mayUseApiKey: mayUseApiKey(context, invocation),
    findTags: () => repositoryTags(context.cwd),
    // What a script reads of stderr is for people as well; on a terminal of its own, the child owns every line.
    ...(invocation.parsed.isPrint && !context.options.isQuiet && { onWait: noteWait(context) }),
  })
  const faults = noteFaults(session)
  const isTerminated = watchTermination()
  try {
    const environment = environmentForChild(context, invocation, session)
    if (isTalkative(context, invocation.parsed)) context.stderr.write(startText(session))
    const child = { ...invocation, environment, onSpawn: () => loadAhead(session) }
    const { exitCode } = await runChild(context, child)
    return await finishRun(context, {
      session,
      invocation,
      environment,
      startedAt,
      exitCode,
      isTerminated: isTerminated(),
    })
  } finally {
    await session.gateway.close()
    faults.stop()
  }
}

/** Unless asked for, a key in the environment must not move a subscriber to paid billing. */
function mayUseApiKey({ env }: Context, { parsed, claude }: Invocation): boolean {
  const key =
    claude.managedEnv['ANTHROPIC_API_KEY'] ?? claude.userEnv['ANTHROPIC_API_KEY'] ?? env['ANTHROPIC_API_KEY']
  if (!key) return false
  return parsed.isPrint || !hasSavedLogin(claude.places) || isApprovedApiKey(claude.places, key)
}

/** An error of ours must not take the child's session down with it. */
function noteFaults({ troubles }: Session): { readonly stop: () => void } {
  const note = (error: unknown) => troubles.push(`internal error: ${reasonOf(error)}`)
  process.on('uncaughtException', note)
  return { stop: () => process.off('uncaughtException', note) }
}

function environmentForChild(context: Context, invocation: Invocation, session: Session): ChildEnvironment {
  const { gateway, access, runId, upstream, configuredUpstream, secrets } = session
  return environmentOf(context, invocation, {
    gateway: { url: gateway.url, access },
    runId,
    configuredUpstream,
    features: knownFeatures(context.stateDirectory(), upstream),
    withheld: secrets.withheld,
  })
}

/** Beside the start of the child, which it must not delay. If it fails, the first request tries again and tells. */
function loadAhead({ gateway, secrets }: Session): void {
  silenceDebug()
  gateway
    .load()
    .then(secrets.prefetch)
    .catch(() => {})
}
