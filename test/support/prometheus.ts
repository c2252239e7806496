import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { temporaryDirectory } from './temporary-directory.ts'

/** Why there is no Prometheus to test with; undefined if there is. Tests skip with this reason. */
export const prometheusUnavailable =
  spawnSync('prometheus', ['--version']).status === 0 ? undefined : 'a scrape needs prometheus'

export interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

export interface Prometheus {
  /** The samples that an expression comes to now. @throws Error for one that it does not take */
  readonly query: (expression: string) => Promise<readonly Sample[]>
}

/** A Prometheus that reads the metrics of one gateway twice a second. */
export async function startPrometheus(targetPort: number, token: string): Promise<Prometheus> {
  const directory = temporaryDirectory()
  const port = await freePort()
  const config = join(directory, 'prometheus.yml')
  writeFileSync(
    config,
    `global: { scrape_interval: 500ms, scrape_timeout: 500ms }
scrape_configs:
  - job_name: claude-gw
    metrics_path: /_claude-gw/metrics
    authorization: { credentials: ${token} }
    static_configs: [{ targets: ['127.0.0.1:${targetPort}'] }]
`,
  )
  const args = [
    '--config.file',
    config,
    '--storage.tsdb.path',
    join(directory, 'data'),
    '--web.listen-address',
    `127.0.0.1:${port}`,
  ]
  const server = spawn('prometheus', args, { stdio: 'ignore' })
  onTestFinished(async () => {
    server.kill('SIGKILL')
    await once(server, 'exit')
  })
  const url = `http://127.0.0.1:${port}`
  await untilReady(url)
  return { query: (expression) => query(url, expression) }
}

async function query(url: string, expression: string): Promise<readonly Sample[]> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expression })}`)
  const { status, error, data } = (await response.json()) as {
    status: string
    error?: string
    data: { result: Sample[] }
  }
  if (status !== 'success') throw new Error(`${expression}: ${error}`)
  return data.result
}

async function untilReady(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const response = await fetch(`${url}/-/ready`).catch(() => undefined)
    if (response?.ok) return
    await delay(50)
  }
  throw new Error('prometheus did not start')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
