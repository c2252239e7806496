import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GatewayError } from '../../base/errors.ts'
import { shellWord } from '../../base/shell-word.ts'
import { resolveConfig } from '../../config/config.ts'
import type { DemoPrompt } from '../../demo/script.ts'
import { DEMO_CREDENTIAL, DEMO_PROMPTS } from '../../demo/script.ts'
import { runStandIn, STAND_IN_NOTICE } from '../../demo/stand-in.ts'
import { startDemoUpstream } from '../../demo/upstream.ts'
import type { Context } from '../context.ts'
import { openSession } from '../session/session.ts'
import { logs } from './logs.ts'
import { findProgram, run } from './run.ts'

type Play = (prompt: DemoPrompt) => Promise<number>

/**
 * The main job against an embedded upstream, in a home that is thrown away: no account, no network. With the real
 * Claude Code if it is installed, else with a small stand-in that says so.
 * @returns 0 if every prompt was answered
 */
export async function demo(context: Context): Promise<number> {
  const upstream = await startDemoUpstream()
  const home = mkdtempSync(join(tmpdir(), 'claude-gw-demo-'))
  try {
    const exitCode = await playAll(context, demoContext(context, home, upstream.url))
    context.stderr.write('\n$ claude-gw logs\n')
    await showLogs(context, home)
    return exitCode
  } finally {
    await upstream.close()
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Everything that `run` takes from the user's own surroundings is replaced, save where programs are found. */
function demoContext(context: Context, home: string, upstreamUrl: string): Context {
  const kept = ['PATH', 'TERM', 'LANG', 'TMPDIR', 'SystemRoot', 'PATHEXT', 'NO_COLOR', 'FORCE_COLOR']
  const env: Record<string, string | undefined> = {
    ...Object.fromEntries(kept.map((name) => [name, context.env[name]])),
    HOME: home,
    USERPROFILE: home,
    CLAUDE_CONFIG_DIR: join(home, '.claude'),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_GW_UPSTREAM: upstreamUrl,
    CLAUDE_GW_CREDENTIAL: 'env:DEMO_KEY',
    DEMO_KEY: DEMO_CREDENTIAL,
  }
  const options = { ...context.options, flags: {} }
  const config = () => resolveConfig({}, env)
  return { ...context, env, home, cwd: home, options, config, stateDirectory: () => join(home, 'state') }
}

async function playAll(context: Context, inside: Context): Promise<number> {
  const play = choosePlay(context, inside)
  let exitCode = 0
  for (const prompt of DEMO_PROMPTS) {
    context.stderr.write(
      `\n# ${prompt.title}\n$ claude-gw run ${prompt.claudeArguments.map(shellWord).join(' ')}\n`,
    )
    exitCode ||= await play(prompt)
  }
  return exitCode
}

function choosePlay(context: Context, inside: Context): Play {
  const program = findInstalled(context)
  if (program === undefined) {
    context.stderr.write(`${STAND_IN_NOTICE}\n`)
    return (prompt) => playWithStandIn(inside, prompt)
  }
  const config = () => resolveConfig({ 'claude.command': program }, inside.env)
  return (prompt) => run({ ...inside, config }, prompt.claudeArguments)
}

function findInstalled(context: Context): string | undefined {
  try {
    return findProgram(context)
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'CLAUDE_NOT_FOUND') return undefined
    throw error
  }
}

async function playWithStandIn(inside: Context, { prompt }: DemoPrompt): Promise<number> {
  const claude = { env: inside.env, managedEnv: {}, userEnv: {} }
  const options = { port: 0, claude, mayUseApiKey: false, findTags: () => ({}) }
  const { gateway, access } = await openSession(inside, options)
  try {
    const token = access.kind === 'token' ? access.token : ''
    await runStandIn(prompt, { baseUrl: gateway.url, token }, inside.stdout)
    return 0
  } finally {
    await gateway.close()
  }
}

/** On stderr, because stdout is the child's. */
function showLogs(context: Context, home: string): Promise<number> {
  const stateDirectory = () => join(home, 'state')
  const input = { errorsOnly: false, isFollowing: false, isJson: false }
  return logs({ ...context, stdout: context.stderr, stateDirectory }, input)
}
