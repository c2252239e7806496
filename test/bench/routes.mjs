import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
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
 * `close` ends them and gives the lines that the gateway wrote to its traffic log.
 * @param gatewayKind `plain` measures a second plain proxy in the place of the gateway, to show the noise
 */
export async function startRoutes(gatewayKind) {
  const folder = mkdtempSync(join(tmpdir(), 'claude-gw-bench-'))
  const programs = []
  const start = async (args, env = process.env) => {
    const program = await startProgram(args, env)
    programs.push(program)
    return { ...routeTo(program.ready), pid: program.pid }
  }
  const close = async () => {
    await Promise.all(programs.map(({ stop }) => stop()))
    const records = readRecords(folder)
    rmSync(folder, { recursive: true, force: true })
    return records
  }

  try {
    const direct = await start([UPSTREAM_PROGRAM])
    const upstreamUrl = `http://127.0.0.1:${direct.port}`
    const plain = await start([PROXY_PROGRAM, upstreamUrl])
    const gateway =
      gatewayKind === 'plain'
        ? await start([PROXY_PROGRAM, upstreamUrl])
        : await start([GATEWAY_PROGRAM, 'serve', '--port', '0', '--json'], gatewayEnv(upstreamUrl, folder))
    return { direct, plain, gateway, upstreamUrl, folder, close }
  } catch (error) {
    await close()
    throw error
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

/** What a client needs of a program that is ready. */
export function routeTo({ port, token = 'none' }) {
  return {
    port,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    agent: new Agent({ keepAlive: true, maxSockets: 256 }),
  }
}

function readRecords(folder) {
  const traffic = join(folder, 'state', 'traffic')
  const files = existsSync(traffic) ? readdirSync(traffic).filter((name) => name.endsWith('.jsonl')) : []
  const lines = files.flatMap((name) => readFileSync(join(traffic, name), 'utf8').trimEnd().split('\n'))
  return lines.map((line) => JSON.parse(line))
}
