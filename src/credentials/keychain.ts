import { join } from 'node:path'
import { GatewayError } from '../base/errors.ts'
import { packageRoot } from '../base/package-root.ts'
import type { HelperOutcome } from './helper-process.ts'
import { runHelper } from './helper-process.ts'
import type { KeychainFault } from './keychain-fault.ts'
import { keychainFailure, keychainSilence } from './keychain-fault.ts'
import type { KeychainEntry, KeychainRequest } from './keychain-items.ts'
import type { Machine } from './machine.ts'
import { checkStorable } from './token.ts'

/** Keys of this product in the keychain of the operating system, by account, each for one origin. */
export interface Keychain {
  /**
   * Undefined if there is none. What is not for the origin is not let out of the keychain; the first use says what a key
   * is for that no login has stored. Callers that come while one waits, as for a person, share its answer.
   */
  get(account: string, origin?: string): Promise<KeychainEntry | undefined>
  /** Replaces what is there. @throws GatewayError CREDENTIAL_FAILED for what cannot be kept, and for a faster login */
  set(account: string, secret: string, origin: string): Promise<void>
  /** Says that the key, which is there, is for an origin. @throws GatewayError CREDENTIAL_FAILED for a faster login */
  confirm(account: string, secret: string, origin: string): Promise<void>
  /** Whether there was one. */
  delete(account: string): Promise<boolean>
}

export interface KeychainOptions {
  /** A prompt on the desktop may wait as long for a person. */
  readonly timeoutMs?: number
  /** The program that asks the keychain. */
  readonly program?: string
}

/** What the program that asks the keychain prints. */
export type KeychainAnswer =
  | { readonly ok: true; readonly value: KeychainEntry | boolean | null }
  | ({ readonly ok: false } & KeychainFault)

/** Only a compiled one can be started. */
const PROGRAM = 'dist/keychain-program.js'

/**
 * The keychain of the operating system, asked through a process of its own for each call (`keychain-program` says why).
 * @throws GatewayError KEYCHAIN_* from each of its functions
 */
export function openKeychain(machine: Machine, options: KeychainOptions = {}): Keychain {
  const ask = (request: KeychainRequest) => askProgram(request, machine, options)
  const waiting = new Map<string, ReturnType<typeof ask>>()

  const lookUp = (account: string, origin?: string) => {
    const id = JSON.stringify([account, origin])
    const started =
      waiting.get(id) ?? ask({ action: 'get', account, origin }).finally(() => waiting.delete(id))
    waiting.set(id, started)
    return started
  }

  return {
    get: async (account, origin) =>
      ((await lookUp(account, origin)) ?? undefined) as KeychainEntry | undefined,
    set: async (account, given, origin) => {
      const secret = checkStorable(given)
      if (!(await ask({ action: 'set', account, secret, origin }))) throw overtaken(account)
    },
    confirm: async (account, secret, origin) => {
      if (!(await ask({ action: 'confirm', account, secret, origin }))) throw overtaken(account)
    },
    delete: async (account) => (await ask({ action: 'delete', account })) === true,
  }
}

/** Stores an item of its own, reads it and deletes it. @throws GatewayError KEYCHAIN_* */
export async function probeKeychain(machine: Machine, options: KeychainOptions = {}): Promise<void> {
  if (await askProgram({ action: 'probe' }, machine, options)) return
  throw keychainFailure(failed('it does not give back what was stored'), machine.platform, 0)
}

async function askProgram(
  request: KeychainRequest,
  machine: Machine,
  { timeoutMs = 60_000, program = join(packageRoot(), PROGRAM) }: KeychainOptions,
): Promise<KeychainEntry | boolean | null> {
  const startMs = performance.now()
  const outcome = await runHelper(
    { kind: 'program', file: machine.nodePath, args: [program] },
    {
      machine,
      // What NODE_OPTIONS loads could print.
      env: { ...machine.env, NODE_OPTIONS: undefined },
      timeoutMs,
      input: `${JSON.stringify(request)}\n`,
      holdsInput: true,
    },
  )
  if (outcome.kind === 'timeout') throw keychainSilence(timeoutMs, machine.platform)
  const answer = parseAnswer(outcome)
  if (answer.ok) return answer.value
  throw keychainFailure(answer, machine.platform, performance.now() - startMs)
}

function parseAnswer(outcome: HelperOutcome): KeychainAnswer {
  if (outcome.kind === 'not-found') return failed('Node.js is no longer where it was')
  if (outcome.kind !== 'exited') return failed(outcome.reason)
  try {
    return JSON.parse(outcome.stdout)
  } catch {
    return failed(`its program exited with ${outcome.exitCode}`)
  }
}

function failed(message: string): { readonly ok: false } & KeychainFault {
  return { ok: false, stage: 'call', message }
}

function overtaken(account: string): GatewayError {
  const reason = 'another login stored a key at the same moment'
  return new GatewayError('CREDENTIAL_FAILED', {
    reference: `keychain:${account}`,
    reason,
    remedy: 'log in again',
  })
}
