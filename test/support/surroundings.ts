import type { Machine } from '../../src/credentials/machine.ts'
import type { Surroundings } from '../../src/credentials/stores.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** A machine with this environment alone and an empty home; its processes are real ones. */
export function machine(env: Machine['env'] = {}): Machine {
  const { platform, execPath } = process
  return { env, home: temporaryDirectory(), platform, process, nodePath: execPath }
}

/** A profile without anything stored for it. */
export function surroundings(given: Partial<Surroundings> = {}, env: Machine['env'] = {}): Surroundings {
  return {
    profile: 'default',
    upstream: 'https://api.anthropic.com',
    stateDirectory: temporaryDirectory(),
    machine: machine(env),
    ttlMs: undefined,
    timeoutMs: undefined,
    ...given,
  }
}
