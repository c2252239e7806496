import type { ChildProcess } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { freePort } from './free-port.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** Why there is no Redis to test with; undefined if there is. Tests skip with this reason. */
export const redisUnavailable =
  spawnSync('redis-server', ['--version']).status === 0 ? undefined : 'a shared store needs redis-server'

export interface RedisServer {
  readonly port: number
  /** Starts it again, with what it had. */
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  /** Lets it neither answer nor die, or go on. */
  readonly signal: (name: 'SIGSTOP' | 'SIGCONT') => void
}

/** A Redis of one test on a port of loopback. @param options such as `--requirepass` and its value */
export async function startRedis(options: (port: number) => readonly string[] = plain): Promise<RedisServer> {
  const port = await freePort()
  const args = [...['--bind', '127.0.0.1', '--appendonly', 'yes', '--save', ''], ...options(port)]
  const directory = temporaryDirectory()
  let server: ChildProcess | undefined
  const start = async () => {
    server = spawn('redis-server', [...args, '--dir', directory], { stdio: ['ignore', 'pipe', 'inherit'] })
    await untilReady(server)
  }
  const stop = async () => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    server.kill('SIGCONT')
    // It writes down what it has answered, which it may put off otherwise.
    server.kill('SIGTERM')
    await once(server, 'exit')
  }
  onTestFinished(stop)
  await start()
  return { port, start, stop, signal: (name) => void server?.kill(name) }
}

function plain(port: number): readonly string[] {
  return ['--port', String(port)]
}

async function untilReady(server: ChildProcess): Promise<void> {
  let printed = ''
  for await (const chunk of server.stdout ?? []) {
    printed += chunk
    if (printed.includes('Ready to accept connections')) break
  }
  server.stdout?.resume()
  if (!printed.includes('Ready to accept')) throw new Error(`redis-server did not start: ${printed}`)
}
