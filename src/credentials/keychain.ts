import { fileURLToPath } from 'node:url'
import type { HelperOutcome } from './helper-process.ts'
import { runHelper } from './helper-process.ts'
import type { KeychainFault } from './keychain-fault.ts'
import { keychainFailure, keychainSilence } from './keychain-fault.ts'
import type { Machine } from './machine.ts'
import { checkStorable } from './token.ts'

/** Keys of this product in the keychain of the operating system, by account. */
export interface Keychain {
  /** Undefined if there is none. Callers that come while one waits, as for a person, share its answer. */
  get(account: string): Promise<string | undefined>
  /** Replaces what is there. @throws GatewayError CREDENTIAL_FAILED for what cannot be kept as it is */
  set(account: string, secret: string): Promise<void>
  /** Whether there was one. */
  delete(account: string): Promise<boolean>
}

export interface KeychainOptions {
  /** A prompt on the desktop may wait as long for a person. */
  readonly timeoutMs?: number
  /** The program that asks the keychain. */
  readonly program?: string
}

const SERVICE = 'claude-gw'
const PROGRAM = fileURLToPath(new URL('../../bin/keychain.js', import.meta.url))

/**
 * The keychain of the operating system, asked through a process of its own for each call (`bin/keychain.js` says why).
 * @throws GatewayError KEYCHAIN_* from each of its functions
 */
export function openKeychain(machine: Machine, options: KeychainOptions = {}): Keychain {
  const { timeoutMs = 60_000, program = PROGRAM } = options
  const waiting = new Map<string, Promise<unknown>>()

  const ask = async (action: string, account: string, secret?: string): Promise<unknown> => {
    const request = { action, service: SERVICE, account, secret }
    const command = { kind: 'program', file: machine.nodePath, args: [program] } as const
    // What NODE_OPTIONS loads could print.
    const env = { ...machine.env, NODE_OPTIONS: undefined }
    const outcome = await runHelper(command, { machine, env, timeoutMs, input: JSON.stringify(request) })
    return readOutcome(outcome, timeoutMs, machine.platform)
  }

  const lookUp = (account: string): Promise<unknown> => {
    const started = waiting.get(account) ?? ask('get', account).finally(() => waiting.delete(account))
    waiting.set(account, started)
    return started
  }

  return {
    get: async (account) => ((await lookUp(account)) ?? undefined) as string | undefined,
    set: async (account, secret) => void (await ask('set', account, checkStorable(secret))),
    delete: async (account) => (await ask('delete', account)) === true,
  }
}

type Answer = { readonly ok: true; readonly value?: unknown } | ({ readonly ok: false } & KeychainFault)

function readOutcome(outcome: HelperOutcome, timeoutMs: number, platform: NodeJS.Platform): unknown {
  if (outcome.kind === 'timeout') throw keychainSilence(timeoutMs, platform)
  const answer = parseAnswer(outcome)
  if (answer.ok) return answer.value
  throw keychainFailure(answer, platform)
}

function parseAnswer(outcome: HelperOutcome): Answer {
  if (outcome.kind === 'not-found') return failed('Node.js is no longer where it was')
  if (outcome.kind !== 'exited') return failed(outcome.reason)
  try {
    return JSON.parse(outcome.stdout)
  } catch {
    return failed(`its program exited with ${outcome.exitCode}`)
  }
}

function failed(message: string): Answer {
  return { ok: false, stage: 'call', message }
}
