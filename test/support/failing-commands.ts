import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import type { Places } from './canaries.ts'
import type { Home } from './claude-run.ts'
import { installProgram, runIn } from './claude-run.ts'
import { runCli, startCli } from './cli.ts'
import { outputOf } from './process-output.ts'

export const COMMANDS = ['run', 'serve', 'key'] as const

/** A command that needs a credential. */
export type Command = (typeof COMMANDS)[number]

type Environment = Readonly<Record<string, string>>
type Output = (home: Home, env: Environment) => Promise<string>

/** All that the commands say with `--verbose` where something is wrong. */
export async function complaintsOf(
  home: Home,
  env: Environment,
  commands: readonly Command[] = COMMANDS,
): Promise<Places> {
  const all = { CLAUDE_GW_UPSTREAM: 'https://gateway.example', ...env, ...home.env }
  const texts = commands.map(async (name) => [name, await OUTPUT_OF[name](home, all)] as const)
  return Object.fromEntries(await Promise.all(texts))
}

const OUTPUT_OF: Readonly<Record<Command, Output>> = {
  run: outputOfRun,
  serve: outputOfServe,
  key: outputOfKey,
}

/** With what it answers the first request, and without the environment that the child prints before that. */
async function outputOfRun(home: Home, given: Environment): Promise<string> {
  const env = { ...given, CLAUDE_GW_CLAUDE_COMMAND: installProgram(home, 'ask.mjs') }
  const { stdout, stderr } = await runIn(home, ['hello'], { env, options: ['--verbose'], input: '{}\n' })
  const [, ...answers] = stdout.split('\n')
  return [stderr, ...answers].join('\n')
}

/** Until it ends by itself, or serves and has said what is wrong. */
async function outputOfServe(_home: Home, env: Environment): Promise<string> {
  const child = startCli(['--verbose', 'serve', '--json', '--port', '0'], { env })
  onTestFinished(() => void child.kill('SIGKILL'))
  const output = outputOf(child)
  const closed = once(child, 'close')
  const streams = [child.stdout, child.stderr] as readonly NodeJS.ReadableStream[]
  await Promise.race([closed, Promise.all(streams.map((stream) => once(stream, 'data')))])
  child.kill('SIGTERM')
  await closed
  return output().stderr
}

async function outputOfKey(_home: Home, env: Environment): Promise<string> {
  const { stdout, stderr } = await runCli(['key', '--verbose'], { env })
  return stdout + stderr
}
