import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type { Places } from './canaries.ts'
import { askEverything, OUTCOMES } from './canary-client.ts'
import { repeatEverything } from './canary-upstream.ts'
import type { AskingRun, Home } from './claude-run.ts'
import { installProgram, openAsking, recordsOf } from './claude-run.ts'
import { runCli, startCli } from './cli.ts'
import { startFaultUpstream } from './fault-upstream.ts'
import { outputOf } from './process-output.ts'
import { argumentsOf, environmentOf, watchArguments } from './process-watch.ts'
import type { ServerIdentity } from './throwaway-ca.ts'

/** How secrets come to claude-gw. */
export interface Way {
  readonly env: Readonly<Record<string, string>>
  /** Puts the next key where the first is. */
  readonly change?: () => void
  /** What the upstream is shown at last. */
  readonly shown: string
  /** The program that claude-gw asks. */
  readonly program?: string
  /** Makes the upstream speak TLS. */
  readonly identity?: ServerIdentity
}

/** Everything that can be seen of a run in which all goes wrong that can, by the place it is seen in. */
export async function observeRun(home: Home, way: Way): Promise<Places> {
  const upstream = await startFaultUpstream(repeatEverything(), way.identity)
  onTestFinished(upstream.close)
  const env = { ...way.env, ...environment(home, upstream.url) }
  const summary = join(home.directory, 'summary.json')
  const child = startCli(['--verbose', '--summary', summary, 'run', 'hello'], { env, cwd: home.project })
  const output = outputOf(child)
  const list = watchArguments(child.pid ?? 0)
  const run = await openAsking(child)
  const answers = await askEverything(run, way.change ?? (() => {}))
  const ofChild = placesOfChild(run)
  const temporary = folderText(env.TMPDIR)
  await run.end()
  expect(recordsOf(home).map(({ outcome }) => outcome)).toEqual(OUTCOMES)
  expect(upstream.requests.at(-1)?.headers.flat().join(' ')).toContain(way.shown)
  expect(list()).toContain(way.program ?? 'claude')
  return {
    ...output(),
    ...ofChild,
    'the answers of claude-gw': answers,
    'the list of processes': list(),
    'the summary': readFileSync(summary, 'utf8'),
    'the state folder': folderText(home.state),
    'the working directory': folderText(home.project),
    'the folder of Claude Code': folderText(home.claudeDirectory, 'settings.json'),
    'the temporary folder': temporary,
    'what stays in the temporary folder': folderText(env.TMPDIR),
    'claude-gw logs': await logs(home),
    'claude-gw logs --json': await logs(home, '--json'),
    'claude-gw logs show': await logs(home, 'show', recordsOf(home)[1]?.id ?? ''),
  }
}

/** The surroundings of a run whose child is `ask.mjs`. */
export function environment(home: Home, upstreamUrl: string) {
  const TMPDIR = join(home.directory, 'tmp')
  mkdirSync(TMPDIR)
  return {
    ...home.env,
    TMPDIR,
    CLAUDE_GW_CLAUDE_COMMAND: installProgram(home, 'ask.mjs'),
    CLAUDE_GW_UPSTREAM: upstreamUrl,
  }
}

/** As it sees itself, and as its user can see it from outside. */
function placesOfChild({ env, args, childPid }: AskingRun): Places {
  return {
    'the environment of the child': JSON.stringify(env),
    'the arguments of the child': JSON.stringify(args),
    'the environment of the child in /proc': environmentOf(childPid),
    'the arguments of the child in /proc': argumentsOf(childPid),
  }
}

/** Names and contents of all files in a folder, but for one that has to have secrets in it. */
function folderText(folder: string, exception?: string): string {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true })
  const entries = all.filter(({ name }) => name !== exception)
  const texts = entries.map((entry) => {
    const path = join(entry.parentPath, entry.name)
    return entry.isFile() ? `${path}\n${readFileSync(path, 'utf8')}` : path
  })
  return texts.join('\n')
}

async function logs(home: Home, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await runCli(['--verbose', 'logs', ...args], { env: home.env })
  return stdout + stderr
}
