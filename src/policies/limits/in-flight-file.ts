import { closeSync, futimesSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePrivateDirectory, openPrivateFile } from '../../base/private-file.ts'
import { isJsonObject } from '../../json/object.ts'
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

/** Touched so often … */
export const HEARTBEAT_MS = 10_000
/** … that after so long it is nobody's, though there may be a process with that pid again … */
const LEFT_MS = 35_000
/** … and after so long not even of one that was stopped. */
const OLD_MS = 86_400_000
const ENDING = '.json'

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

export interface ReportReader {
  readonly directory: string
  readonly host: string
  /** Whether there is a process with that pid on this machine. */
  readonly isAlive: (pid: number) => boolean
}

/**
 * The reports of running gateways. Files of processes that are gone are deleted; one that may only be stopped keeps its
 * file, and counts again when it goes on.
 * @param except the path of one's own
 */
export function readReports(reader: ReportReader, nowMs: number, except?: string): InFlightReport[] {
  return listFiles(reader.directory)
    .filter((path) => path !== except)
    .flatMap((path) => {
      const report = readReport(path)
      const ageMs = nowMs - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? nowMs)
      const isGone = report?.host === reader.host && !reader.isAlive(report.pid)
      if (isGone || ageMs > OLD_MS) rmSync(path, { force: true })
      return report && !isGone && ageMs <= LEFT_MS ? [report] : []
    })
}

function openFile(path: string): number {
  ensurePrivateDirectory(join(path, '..'))
  return openPrivateFile(path, 'w')
}

function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith(ENDING))
      .map((name) => join(directory, name))
  } catch {
    return []
  }
}

/** Up to its newline: what stands behind it is the end of an earlier one. */
function readReport(path: string): InFlightReport | undefined {
  try {
    const [line = ''] = readFileSync(path, 'utf8').split('\n', 1)
    const report: unknown = JSON.parse(line)
    return isReport(report) ? report : undefined
  } catch {
    return undefined
  }
}

function isReport(value: unknown): value is InFlightReport {
  if (!isJsonObject(value) || value['v'] !== 1) return false
  const { pid, host, uses, accounts } = value
  return (
    typeof pid === 'number' &&
    typeof host === 'string' &&
    Array.isArray(uses) &&
    uses.every(isUse) &&
    Array.isArray(accounts) &&
    accounts.every(isAccount)
  )
}

function isUse(value: unknown): value is Use {
  if (!isJsonObject(value)) return false
  const { subject, amounts, startMs } = value
  if (!isJsonObject(subject) || !isJsonObject(amounts) || typeof startMs !== 'number') return false
  return ['requests', 'inputTokens', 'outputTokens', 'usd'].every((name) => Number.isFinite(amounts[name]))
}

function isAccount(value: unknown): value is AccountState {
  if (!isJsonObject(value) || !isJsonObject(value['rule'])) return false
  const { rule, group, used } = value
  return typeof rule['most'] === 'number' && typeof group === 'string' && typeof used === 'number'
}
