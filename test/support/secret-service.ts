import type { ChildProcess } from 'node:child_process'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished } from 'vitest'
import { temporaryDirectory } from './temporary-directory.ts'

/** An optional dependency, which `npm ci --omit=optional` leaves out. */
export const hasKeytar = existsSync(resolve(import.meta.dirname, '../../node_modules/keytar'))

/** Why there is no Secret Service to test with; undefined if there is. Tests skip with this reason. */
export const secretServiceUnavailable = findReason()

export const hasSecretService = secretServiceUnavailable === undefined

/**
 * What a keychain can be in: open, locked, without a collection, silent (it takes a call and never answers), or not
 * reached because nothing provides it, the address of the bus is wrong, or there is no bus.
 */
export type KeychainState = 'unlocked' | 'locked' | 'fresh' | 'silent' | 'no service' | 'wrong bus' | 'no bus'

/** A Secret Service of one test: gnome-keyring on a session bus of its own, with a home of its own. */
export interface SecretService {
  /** For programs that shall see it, and no other. */
  readonly env: Readonly<Record<string, string>>
  /** What `secret-tool` finds under the service `claude-gw`. */
  readonly lookUp: (account: string) => string | undefined
  /** What it finds beside that: the origin, and behind it what tells the key if `login` stored that. */
  readonly lookUpOrigin: (account: string) => string | undefined
  /** Stores as `secret-tool` does, with the generic schema. */
  readonly store: (account: string, secret: string) => void
  /** Deletes a key as `secret-tool` does. */
  readonly clear: (account: string) => void
  readonly lock: () => void
  /** From now on it takes calls and never answers. */
  readonly freeze: () => void
  /** Unlocks it the way that errors tell people. */
  readonly unlock: () => Promise<void>
}

const PASSWORD = 'password'
const NAME = 'org.freedesktop.secrets'
/** Without service folders: nothing else can be activated, above all no prompt on the desktop of a developer. */
const BUS_CONFIG = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:runtime=yes</listen><auth>EXTERNAL</auth><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`

/** Starts a keychain in a state, with these secrets by account; all of it is gone after the test. */
export async function startSecretService(
  state: KeychainState = 'unlocked',
  secrets: Readonly<Record<string, string>> = {},
): Promise<SecretService> {
  const home = makeHome()
  if (state === 'no bus') return serviceAt(home)
  if (state === 'wrong bus')
    return serviceAt({ ...home, DBUS_SESSION_BUS_ADDRESS: `unix:path=${home.HOME}/none` })
  const env = { ...home, DBUS_SESSION_BUS_ADDRESS: await startBus(home) }
  const service = serviceAt(env)
  if (state === 'no service') return service
  const daemon = await startKeyring(env, state === 'fresh' ? [] : ['--unlock'])
  for (const [account, secret] of Object.entries(secrets)) service.store(account, secret)
  if (state === 'locked') service.lock()
  if (state === 'silent') daemon.kill('SIGSTOP')
  return { ...service, freeze: () => void daemon.kill('SIGSTOP') }
}

type Environment = Readonly<Record<string, string>>

function makeHome() {
  const home = temporaryDirectory()
  const runtime = join(home, 'run')
  mkdirSync(runtime, { mode: 0o700 })
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_RUNTIME_DIR: runtime,
  }
}

/** @returns its address */
async function startBus(env: Environment & { readonly HOME: string }): Promise<string> {
  const config = join(env.HOME, 'bus.conf')
  writeFileSync(config, BUS_CONFIG)
  const bus = startDaemon('dbus-daemon', ['--nofork', '--print-address=1', `--config-file=${config}`], env)
  const [address] = await once(createInterface({ input: bus.stdout as NodeJS.ReadableStream }), 'line')
  return address
}

async function startKeyring(env: Environment, options: readonly string[]): Promise<ChildProcess> {
  const args = ['--foreground', '--components=secrets', ...options]
  const before = ownerOf(env)
  const daemon = startDaemon('gnome-keyring-daemon', args, env)
  daemon.stdin?.end(options.includes('--unlock') ? PASSWORD : '')
  await expect.poll(() => ownerOf(env) ?? before, { timeout: 10_000, interval: 10 }).not.toBe(before)
  return daemon
}

function startDaemon(file: string, args: readonly string[], env: Environment): ChildProcess {
  const daemon = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'ignore'] })
  onTestFinished(async () => {
    if (daemon.exitCode !== null || daemon.signalCode !== null) return
    daemon.kill('SIGKILL')
    await once(daemon, 'exit')
  })
  return daemon
}

function serviceAt(env: Environment): SecretService {
  const find = (account: string, service?: string) => {
    const { status, stdout } = spawnSync('secret-tool', ['lookup', ...attributes(account, service)], { env })
    return status === 0 ? stdout.toString() : undefined
  }
  return {
    env,
    lookUp: (account) => find(account),
    lookUpOrigin: (account) => find(account, 'claude-gw origin'),
    store: (account, input) => {
      const schema = ['xdg:schema', 'org.freedesktop.Secret.Generic']
      execFileSync('secret-tool', ['store', '--label=x', ...attributes(account), ...schema], { env, input })
    },
    clear: (account) => void execFileSync('secret-tool', ['clear', ...attributes(account)], { env }),
    lock: () => {
      const collection = 'array:objpath:/org/freedesktop/secrets/collection/login'
      call(env, NAME, ['/org/freedesktop/secrets', 'org.freedesktop.Secret.Service.Lock', collection])
    },
    freeze: () => {
      throw new Error('there is none that could answer')
    },
    unlock: async () => void (await startKeyring(env, ['--unlock', '--replace'])),
  }
}

function attributes(account: string, service = 'claude-gw'): string[] {
  return ['service', service, 'account', account]
}

/** The connection that provides the Secret Service; undefined if none does. */
function ownerOf(env: Environment): string | undefined {
  const answer = call(env, 'org.freedesktop.DBus', [
    '/',
    'org.freedesktop.DBus.GetNameOwner',
    `string:${NAME}`,
  ])
  return /string "(.*)"/.exec(answer)?.[1]
}

function call(env: Environment, destination: string, message: readonly string[]): string {
  const args = ['--session', '--print-reply', `--dest=${destination}`, ...message]
  return spawnSync('dbus-send', args, { env }).stdout.toString()
}

function findReason(): string | undefined {
  const programs = ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon', 'secret-tool']
  const missing = programs.filter((program) => spawnSync(program, ['--version']).error)
  if (!hasKeytar) missing.push('the package keytar')
  return missing.length > 0 ? `a Secret Service needs ${missing.join(', ')}` : undefined
}
