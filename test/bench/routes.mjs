import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startProgram } from './program.mjs'

export const GATEWAY_PROGRAM = fileURLToPath(new URL('../../bin/claude-gw.js', import.meta.url))
const UPSTREAM_PROGRAM = fileURLToPath(new URL('./mock-upstream.mjs', import.meta.url))
const PROXY_PROGRAM = fileURLToPath(new URL('./plain-proxy.mjs', import.meta.url))

/**
 * The three ways to the upstream, each in a process of its own: `direct`, `plain` and `gateway`.
 * @param gatewayKind `plain` measures a second plain proxy in the place of the gateway, to show the noise
 */
export async function startRoutes(gatewayKind) {
  const folder = mkdtempSync(join(tmpdir(), 'claude-gw-bench-'))
  const upstream = await startProgram([UPSTREAM_PROGRAM], process.env)
  const upstreamUrl = `http://127.0.0.1:${upstream.ready.port}`
  const startProxy = () => startProgram([PROXY_PROGRAM, upstreamUrl], process.env)
  const startGateway = () =>
    startProgram([GATEWAY_PROGRAM, 'serve', '--port', '0', '--json'], gatewayEnv(upstreamUrl, folder))

  const programs = [
    upstream,
    await startProxy(),
    await (gatewayKind === 'plain' ? startProxy : startGateway)(),
  ]
  const [direct, plain, gateway] = programs.map(routeOf)
  return {
    direct,
    plain,
    gateway,
    upstreamUrl,
    folder,
    /** Ends all processes; gives the lines that the gateway wrote to its traffic log. */
    close: async () => {
      for (const { agent } of [direct, plain, gateway]) agent.destroy()
      await Promise.all(programs.map(({ stop }) => stop()))
      const records = gatewayKind === 'plain' ? [] : readRecords(folder)
      rmSync(folder, { recursive: true, force: true })
      return records
    },
  }
}

/** The environment of a claude-gw that touches nothing of its user's. */
export function gatewayEnv(upstreamUrl, folder) {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    CLAUDE_CONFIG_DIR: join(folder, 'claude'),
    CLAUDE_GW_UPSTREAM: upstreamUrl,
    CLAUDE_GW_CREDENTIAL: 'env:BENCH_KEY',
    BENCH_KEY: 'bench-key',
    CLAUDE_GW_STATE_DIR: join(folder, 'state'),
  }
}

function routeOf({ ready, pid }) {
  return {
    pid,
    port: ready.port,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ready.token ?? 'none'}` },
    agent: new Agent({ keepAlive: true, maxSockets: 256 }),
  }
}

function readRecords(folder) {
  const traffic = join(folder, 'state', 'traffic')
  const files = readdirSync(traffic).filter((name) => name.endsWith('.jsonl'))
  const lines = files.flatMap((name) => readFileSync(join(traffic, name), 'utf8').trimEnd().split('\n'))
  return lines.map((line) => JSON.parse(line))
}
