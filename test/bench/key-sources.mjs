import { spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startFigure } from './figure.mjs'
import { timeUntil } from './program.mjs'
import { scaled, shuffled } from './rounds.mjs'
import { GATEWAY_PROGRAM, gatewayEnv } from './routes.mjs'

const ROUNDS = 40
const ACCOUNT = 'bench'

/** What each is, and what of its time is the look-up's own. */
const LABELS = {
  env: 'key of env:, over an empty script',
  file: 'key of file:, over the same',
  shell: 'a shell that prints it, over the same',
  command: 'key of command: with that shell',
  keychain: 'key of keychain:, over the same',
}

/**
 * Time that `claude-gw key` takes for each kind of place, over that of an empty script. The keychain is among them where
 * there is one, as inside `dbus-run-session` with an unlocked keyring.
 */
export const keySources = {
  measure: async ({ upstreamUrl, folder }, share) => {
    const programs = keyPrograms(upstreamUrl, folder)
    const names = Object.keys(programs)
    const times = Object.fromEntries(names.map((name) => [name, []]))
    for (let round = 0; round < scaled(ROUNDS, share); round += 1) {
      for (const name of shuffled(names)) times[name].push(await programs[name]())
    }
    return times
  },
  figures: (generations) =>
    Object.keys(generations[0])
      .filter((name) => name !== 'empty')
      .map((name) => startFigure(`key ${name}`, LABELS[name], generations, name)),
}

function keyPrograms(upstreamUrl, folder) {
  const file = join(folder, 'key')
  const empty = join(folder, 'empty.mjs')
  writeFileSync(file, 'bench-key\n', { mode: 0o600 })
  chmodSync(file, 0o600)
  writeFileSync(empty, '')
  const bus = process.env.DBUS_SESSION_BUS_ADDRESS
  const env = { ...gatewayEnv(upstreamUrl, folder), ...(bus && { DBUS_SESSION_BUS_ADDRESS: bus }) }
  const node =
    (...args) =>
    () =>
      timeUntil('exit', process.execPath, args, env)
  const key = (reference) => node(GATEWAY_PROGRAM, 'key', '--credential', reference)
  return {
    empty: node(empty),
    env: key('env:BENCH_KEY'),
    file: key(`file:${file}`),
    shell: () => timeUntil('exit', '/bin/sh', ['-c', `cat ${file}`], env),
    command: key(`command:cat ${file}`),
    ...(hasKeychain(env) && { keychain: key(`keychain:${ACCOUNT}`) }),
  }
}

function hasKeychain(env) {
  const args = [GATEWAY_PROGRAM, '--credential', `keychain:${ACCOUNT}`, 'login', '--stdin']
  return spawnSync(process.execPath, args, { env, input: 'bench-key' }).status === 0
}
