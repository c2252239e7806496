import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/** That of the system has its packages; another one may stand before it. */
const PYTHON = ['/usr/bin/python3', 'python3'].find(
  (program) => spawnSync(program, ['-c', 'import google.protobuf']).status === 0,
)

/** Why there is no receiver to test with; undefined if there is. Tests skip with this reason. */
export const receiverUnavailable =
  PYTHON && spawnSync('protoc', ['--version']).status === 0
    ? undefined
    : 'a receiver needs protoc and python3-protobuf'

export interface Received {
  readonly path: '/v1/traces' | '/v1/logs'
  readonly authorization: string | null
  readonly behaviour: string
  /** As the definitions of protobuf read it; absent where they do not take it. */
  readonly message?: unknown
  readonly fault?: string
}

export interface OtlpReceiver {
  readonly url: string
  readonly received: readonly Received[]
}

/** @param behaviours of one request after another: `take`, `partial`, or a status; the last one stays */
export async function startOtlpReceiver(...behaviours: readonly string[]): Promise<OtlpReceiver> {
  const program = join(import.meta.dirname, 'otlp_receiver.py')
  const child = spawn(PYTHON ?? 'python3', [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stdin.end(behaviours.join('\n'))
  const lines = createInterface({ input: child.stdout })
  const [port] = (await once(lines, 'line')) as [string]
  const received: Received[] = []
  lines.on('line', (line) => received.push(JSON.parse(line) as Received))
  return { url: `http://127.0.0.1:${port}`, received }
}
