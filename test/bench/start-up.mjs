import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startFigure } from './figure.mjs'
import { timeUntil } from './program.mjs'
import { scaled, shuffled } from './rounds.mjs'
import { GATEWAY_PROGRAM, gatewayEnv } from './routes.mjs'

const ROUNDS = 40

/** Time until a command is done, or until `run` has started its child, over that of an empty script. */
export const startUp = {
  measure: async ({ upstreamUrl, folder }, share) => {
    const programs = startPrograms(upstreamUrl, folder)
    const times = { empty: [], version: [], key: [], statusline: [], run: [] }
    for (let round = 0; round < scaled(ROUNDS, share); round += 1) {
      for (const name of shuffled(Object.keys(times))) times[name].push(await programs[name]())
    }
    return times
  },
  figures: (generations) => [
    startFigure('start --version', '--version, over an empty script', generations, 'version'),
    startFigure('start key', 'key, over an empty script', generations, 'key'),
    startFigure('start statusline', 'statusline, over an empty script', generations, 'statusline'),
    startFigure('start run', 'run until its child runs, over the same', generations, 'run'),
  ],
}

function startPrograms(upstreamUrl, folder) {
  const empty = join(folder, 'empty.mjs')
  writeFileSync(empty, '')
  const env = {
    ...gatewayEnv(upstreamUrl, folder),
    CLAUDE_GW_STATE_DIR: join(folder, 'start'),
    CLAUDE_GW_CLAUDE_COMMAND: childProgram(folder),
  }
  const time = (args, moment, input) => () => timeUntil(moment, process.execPath, args, env, input)
  return {
    empty: time([empty], 'exit'),
    version: time([GATEWAY_PROGRAM, '--version'], 'exit'),
    key: time([GATEWAY_PROGRAM, 'key'], 'exit'),
    statusline: time([GATEWAY_PROGRAM, 'statusline'], 'exit', youngSession(env.CLAUDE_GW_STATE_DIR)),
    run: time([GATEWAY_PROGRAM, 'run', '-p', 'hello'], 'output'),
  }
}

/** What Claude Code tells of a session that has lines at the end of a ledger. */
function youngSession(state) {
  const ts = new Date().toISOString()
  const line = (session_id) =>
    `${JSON.stringify({ v: 1, ts, session_id, outcome: 'ok', usage: { input_tokens: 12 }, cost_usd: 0.1, duration_ms: 4 })}\n`
  mkdirSync(join(state, 'ledger'), { recursive: true })
  writeFileSync(
    join(state, 'ledger', `${ts.slice(0, 7)}.jsonl`),
    line('other').repeat(500) + line('mine').repeat(20),
  )
  return JSON.stringify({ session_id: 'mine', cost: { total_duration_ms: 60_000 } })
}

/** In the place of `claude`: says at once that it runs. */
function childProgram(folder) {
  const path = join(folder, 'child.sh')
  writeFileSync(path, '#!/bin/sh\necho started\n')
  chmodSync(path, 0o755)
  return path
}
