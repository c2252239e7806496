import { spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startFigure } from './figure.mjs'
import { timeUntil } from './program.mjs'
import { scaled, shuffled } from './rounds.mjs'
import { GATEWAY_PROGRAM, gatewayEnv } from './routes.mjs'

const ROUNDS = 40
const ACCOUNT = 'claude-gw-bench'

/** What each is, and what of its time is the look-up's own. */
const LABELS = {
  env: 'key of env:, over an empty script',
  file: 'key of file:, over the same',
  shell: 'a shell that prints it, over the same',
  command: 'key of command: with that shell',
  keychain: 'key of keychain:, over the same',
}

/**
 * Time that `claude-gw key` takes for each kind of place, over that of an empty script. The keychain is among them only
 * with BENCH_KEYCHAIN=1, since it is that of whoever runs this: an account of that name stands in it meanwhile.
 */
export const keySources = {
  measure: async ({ upstreamUrl, folder }, share) => {
    const env = environment(upstreamUrl, folder)
    const hasKeychain = process.env.BENCH_KEYCHAIN === '1' && logIn(env)
    try {
      return await timesOf(keyPrograms(env, folder, hasKeychain), share)
    } finally {
      if (hasKeychain) logOut(env)
    }
  },
  figures: (generations) =>
    Object.keys(generations[0])
      .filter((name) => name !== 'empty')
      .map((name) => startFigure(`key ${name}`, LABELS[name], generations, name)),
}

function environment(upstreamUrl, folder) {
  const bus = process.env.DBUS_SESSION_BUS_ADDRESS
  return {
    ...gatewayEnv(upstreamUrl, folder),
    CLAUDE_GW_STATE_DIR: join(folder, 'start'),
    ...(bus && { DBUS_SESSION_BUS_ADDRESS: bus }),
  }
}

function logIn(env) {
  return keychainCommand(env, ['login', '--stdin']).status === 0
}

function logOut(env) {
  keychainCommand(env, ['logout'])
}

function keychainCommand(env, args) {
  const all = [GATEWAY_PROGRAM, '--credential', `keychain:${ACCOUNT}`, ...args]
  return spawnSync(process.execPath, all, { env, input: 'bench-key' })
}

async function timesOf(programs, share) {
  const names = Object.keys(programs)
  const times = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round < scaled(ROUNDS, share); round += 1) {
    for (const name of shuffled(names)) times[name].push(await programs[name]())
  }
  return times
}

function keyPrograms(env, folder, hasKeychain) {
  const file = join(folder, 'key')
  const empty = join(folder, 'empty.mjs')
  writeFileSync(file, 'bench-key\n', { mode: 0o600 })
  chmodSync(file, 0o600)
  writeFileSync(empty, '')
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
    ...(hasKeychain && { keychain: key(`keychain:${ACCOUNT}`) }),
  }
}
