import { join } from 'node:path'
import { GatewayError, reasonOf } from '../../base/errors.ts'
import { packageRoot } from '../../base/package-root.ts'
import type { ClaudeArguments } from '../../claude/arguments.ts'
import { parseClaudeArguments } from '../../claude/arguments.ts'
import { locateClaude } from '../../claude/locate.ts'
import { hasSavedLogin, isApprovedApiKey } from '../../claude/login.ts'
import { splitProgram } from '../../claude/program.ts'
import { repositoryTags } from '../../config/repository.ts'
import type { UpstreamFeatures } from '../../config/upstream-features.ts'
import { knownFeatures } from '../../config/upstream-features.ts'
import { noteWait } from '../../credentials/wait-notice.ts'
import type { ChildEnvironment } from '../../launch/child-env.ts'
import { childEnvironment } from '../../launch/child-env.ts'
import type { ChildGateway } from '../../launch/child-gateway.ts'
import { isLoop } from '../../launch/child-gateway.ts'
import { checkLaunch } from '../../launch/preconditions.ts'
import type { Context } from '../context.ts'
import { runChild } from '../run/child.ts'
import { watchTermination } from '../run/drain.ts'
import type { Command, Invocation } from '../run/invocation.ts'
import type { LiveGateway } from '../run/live-gateway.ts'
import { findLiveOuterRun, findLiveServe } from '../run/live-gateway.ts'
import { environmentWithoutSecrets } from '../run/plain-environment.ts'
import { finishRun } from '../run/run-end.ts'
import { checkSummaryPlace, isTalkative, startText } from '../run/summary.ts'
import type { Session } from '../session/session.ts'
import { openSession } from '../session/session.ts'
import { silenceDebug } from '../session/silence.ts'
import type { ClaudeState } from '../upstream/claude-state.ts'
import { readClaudeState } from '../upstream/claude-state.ts'

/**
 * Gateway and Claude Code together.
 * @param args for `claude`, verbatim
 * @returns the child's exit code, or 128 + n after signal n
 * @throws GatewayError before the child is started
 */
export async function run(context: Context, args: readonly string[]): Promise<number> {
  return runWith(context, { program: findProgram(context), prefix: [], args })
}

/**
 * The form for Claude Code's process wrapper: the program may stand first, and nothing is printed
 * (https://code.claude.com/docs/en/env-vars, CLAUDE_CODE_PROCESS_WRAPPER).
 */
export async function runProgram(context: Context, args: readonly string[]): Promise<number> {
  const quiet = { ...context, options: { ...context.options, isQuiet: true } }
  const { program, prefix, rest } = splitProgram(args, context.cwd)
  return runWith(quiet, { program: program ?? findProgram(context), prefix, args: rest })
}

/** The Claude Code to launch. @throws GatewayError CLAUDE_NOT_FOUND, CLAUDE_NOT_EXECUTABLE */
export function findProgram({ env, home, platform, config }: Context): string {
  const command = config().values['claude.command']
  return locateClaude({ command, env, home, platform, ownRoot: packageRoot() })
}

async function runWith(context: Context, command: Command): Promise<number> {
  const { program, args } = command
  if (isLoop(context.env))
    throw new GatewayError('CLAUDE_NOT_FOUND', { reason: `${program} leads back to claude-gw` })
  const { summaryFile } = context.options
  if (summaryFile !== undefined) checkSummaryPlace(summaryFile)
  const parsed = parseClaudeArguments(args)
  const claude = await readClaudeState(context, parsed)
  const live = await findLiveGateway(context, parsed, claude)
  const { profile } = context.config().values
  checkLaunch({
    args: parsed,
    env: context.env,
    layers: claude.layers,
    profile,
    isServed: live !== undefined,
  })
  const invocation = { ...command, parsed, claude }
  if (parsed.kind === 'session' && !live) return runWithGateway(context, invocation)
  if (summaryFile !== undefined) noteNoSummary(context)
  return live ? runInside(context, invocation, live) : runPlain(context, invocation)
}

/** One that the child can use as well; a background session needs one that stays. */
async function findLiveGateway(
  context: Context,
  { kind }: ClaudeArguments,
  claude: ClaudeState,
): Promise<LiveGateway | undefined> {
  switch (kind) {
    case 'session':
      return findLiveOuterRun(context, claude)
    case 'background':
      return findLiveServe(context, claude)
    case 'tool':
      return undefined
  }
}

function noteNoSummary({ stderr, options }: Context): void {
  if (!options.isQuiet)
    stderr.write('claude-gw: no summary is written, because this opens no gateway of its own\n')
}

/** What sends no requests needs nothing of ours: `mcp`, `update`, `auth`, `--version`. */
async function runPlain(context: Context, invocation: Invocation): Promise<number> {
  const { exitCode } = await runChild(context, {
    ...invocation,
    environment: { env: environmentWithoutSecrets(context), routing: { kind: 'none' } },
  })
  return exitCode
}

async function runInside(context: Context, invocation: Invocation, live: LiveGateway): Promise<number> {
  const environment = environmentOf(context, invocation, live)
  const settingsFolder = join(context.stateDirectory(), 'settings')
  const isKept = invocation.parsed.kind === 'background'
  const child = { ...invocation, environment, ...(isKept && { settingsFolder }) }
  return (await runChild(context, child)).exitCode
}

async function runWithGateway(context: Context, invocation: Invocation): Promise<number> {
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

/** An error of ours must not take the child's session down with it. */
function noteFaults({ troubles }: Session): { readonly stop: () => void } {
  const note = (error: unknown) => troubles.push(`internal error: ${reasonOf(error)}`)
  process.on('uncaughtException', note)
  return { stop: () => process.off('uncaughtException', note) }
}

/** Beside the start of the child, which it must not delay. If it fails, the first request tries again and tells. */
function loadAhead({ gateway, secrets }: Session): void {
  silenceDebug()
  gateway
    .load()
    .then(secrets.prefetch)
    .catch(() => {})
}

/** Unless asked for, a key in the environment must not move a subscriber to paid billing. */
function mayUseApiKey({ env }: Context, { parsed, claude }: Invocation): boolean {
  const key =
    claude.managedEnv['ANTHROPIC_API_KEY'] ?? claude.userEnv['ANTHROPIC_API_KEY'] ?? env['ANTHROPIC_API_KEY']
  if (!key) return false
  return parsed.isPrint || !hasSavedLogin(claude.places) || isApprovedApiKey(claude.places, key)
}

interface ChildFacts {
  readonly gateway: ChildGateway
  readonly runId: string
  readonly configuredUpstream: string
  readonly features: UpstreamFeatures
  readonly withheld: readonly string[]
}

function environmentOf(
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
