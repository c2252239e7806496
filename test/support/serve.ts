import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { startCli } from './cli.ts'
import type { Fault, FaultUpstream } from './fault-upstream.ts'
import { startFaultUpstream } from './fault-upstream.ts'
import { answer } from './faults.ts'
import { temporaryDirectory } from './temporary-directory.ts'

export interface ReadyLine {
  readonly url: string
  /** Null where clients have a secret path. */
  readonly token: string | null
  readonly port: number
}

export interface RunningServe {
  readonly env: Readonly<Record<string, string>> & { readonly CLAUDE_GW_STATE_DIR: string }
  readonly upstream: FaultUpstream
  readonly child: ChildProcess
  readonly ready: ReadyLine
  readonly stop: () => Promise<void>
}

export interface ServeOptions {
  readonly args?: readonly string[]
  /** Over those of a user with an upstream and a key; an empty text counts as not set. */
  readonly env?: Readonly<Record<string, string>>
  /** How the upstream behaves; it answers by default. */
  readonly fault?: Fault
  /** Called with the environment before `claude-gw` is started. */
  readonly prepare?: (env: Readonly<Record<string, string>>) => Promise<void>
}

/** `claude-gw serve --json` before an upstream of its own, ready. */
export async function startServe(options: ServeOptions = {}): Promise<RunningServe> {
  const { args = [], env: given = {}, fault = answer(), prepare } = options
  const upstream = await startFaultUpstream(fault)
  onTestFinished(upstream.close)
  const env = {
    CLAUDE_GW_STATE_DIR: temporaryDirectory(),
    CLAUDE_GW_UPSTREAM: upstream.url,
    CLAUDE_GW_CREDENTIAL: 'env:UPSTREAM_KEY',
    UPSTREAM_KEY: 'upstream-key',
    ...given,
  }
  await prepare?.(env)
  const child = startCli(['serve', '--json', ...args], { env })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')
  const stop = async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  return { env, upstream, child, stop, ready: JSON.parse(line) }
}
