import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startFigure } from './figure.mjs'
import { scaled, shuffled } from './rounds.mjs'
import { GATEWAY_PROGRAM, gatewayEnv } from './routes.mjs'

const ROUNDS = 40

/** Time until a command is done, or until `run` has started its child, over that of an empty script. */
export async function startUp({ upstreamUrl, folder }, share) {
  const env = { ...gatewayEnv(upstreamUrl, folder), CLAUDE_GW_CLAUDE_COMMAND: childProgram(folder) }
  const empty = join(folder, 'empty.mjs')
  writeFileSync(empty, '')
  const programs = {
    empty: () => timeOf([empty], env, untilExit),
    version: () => timeOf([GATEWAY_PROGRAM, '--version'], env, untilExit),
    key: () => timeOf([GATEWAY_PROGRAM, 'key'], env, untilExit),
    run: () => timeOf([GATEWAY_PROGRAM, 'run', '-p', 'hello'], env, untilOutput),
  }
  const samples = { empty: [], version: [], key: [], run: [] }
  for (let round = 0; round < scaled(ROUNDS, share); round += 1) {
    for (const name of shuffled(Object.keys(programs))) samples[name].push(await programs[name]())
  }
  return [
    startFigure('start --version', 'claude-gw --version', samples.empty, samples.version),
    startFigure('start key', 'claude-gw key', samples.empty, samples.key),
    startFigure('start run', 'claude-gw run, until its child runs', samples.empty, samples.run),
  ]
}

/** In the place of `claude`: says at once that it runs. */
function childProgram(folder) {
  const path = join(folder, 'child.sh')
  writeFileSync(path, '#!/bin/sh\necho started\n')
  chmodSync(path, 0o755)
  return path
}

async function timeOf(args, env, until) {
  const startedAt = performance.now()
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  const ms = until(child, exit).then(() => performance.now() - startedAt)
  child.stdout.resume()
  const [code] = await exit
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
  return ms
}

function untilExit(_child, exit) {
  return exit
}

function untilOutput({ stdout }) {
  return once(stdout, 'data')
}
