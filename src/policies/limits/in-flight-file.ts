import { closeSync, futimesSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePrivateDirectory, openPrivateFile } from '../../base/private-file.ts'
import type { Use } from './account.ts'
import type { AccountState } from './account-state.ts'

/** What a running gateway tells the others. */
export interface InFlightReport {
  readonly pid: number
  /** Pids of one machine mean nothing on another, such as in a container that shares the folder. */
  readonly host: string
  readonly runId: string
  readonly uses: readonly Use[]
  /** How its limits stand, for the status line. */
  readonly accounts: readonly AccountState[]
}

export type Self = Pick<InFlightReport, 'pid' | 'host' | 'runId'>

/** The ending of such a file. */
export const ENDING = '.json'
/** It is touched so often. */
export const HEARTBEAT_MS = 10_000

/** Where the running gateways keep what they have in flight. */
export function inFlightDirectory(ledgerDirectory: string): string {
  return join(ledgerDirectory, 'inflight')
}

/** The file of this process, which is there from its first report on. */
export class InFlightFile {
  readonly #path: string
  #fd: number | undefined

  constructor(directory: string, { pid, runId }: Self) {
    this.#path = join(directory, `${pid}-${runId}${ENDING}`)
  }

  get path(): string {
    return this.#path
  }

  /** One write, so that others read either the last report or this one; of a longer one the end may stay behind it. @throws the system error */
  write(report: InFlightReport): void {
    const bytes = Buffer.from(`${JSON.stringify({ v: 1, ...report })}\n`)
    this.#fd ??= openFile(this.#path)
    writeSync(this.#fd, bytes, 0, bytes.length, 0)
  }

  /** Shows that the process still lives. */
  touch(nowMs: number): void {
    if (this.#fd !== undefined) futimesSync(this.#fd, nowMs / 1000, nowMs / 1000)
  }

  remove(): void {
    if (this.#fd === undefined) return
    closeSync(this.#fd)
    this.#fd = undefined
    rmSync(this.#path, { force: true })
  }
}

function openFile(path: string): number {
  ensurePrivateDirectory(join(path, '..'))
  return openPrivateFile(path, 'w')
}
