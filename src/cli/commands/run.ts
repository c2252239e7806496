import { join } from 'node:path'
import { GatewayError } from '../../base/errors.ts'
import { packageRoot } from '../../base/package-root.ts'
import type { ClaudeArguments } from '../../claude/arguments.ts'
import { parseClaudeArguments } from '../../claude/arguments.ts'
import { locateClaude } from '../../claude/locate.ts'
import { splitProgram } from '../../claude/program.ts'
import { isLoop } from '../../launch/child-gateway.ts'
import { checkLaunch } from '../../launch/preconditions.ts'
import type { Context } from '../context.ts'
import { runChild } from '../run/child.ts'
import { environmentOf } from '../run/child-environment.ts'
import { runWithGateway } from '../run/gateway-run.ts'
import type { Command, Invocation } from '../run/invocation.ts'
import type { LiveGateway } from '../run/live-gateway.ts'
import { findLiveOuterRun, findLiveServe } from '../run/live-gateway.ts'
import { environmentWithoutSecrets } from '../run/plain-environment.ts'
import { checkSummaryPlace } from '../run/summary.ts'
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
