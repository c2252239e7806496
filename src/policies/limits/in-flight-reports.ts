import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject } from '../../json/object.ts'
import type { Use } from './account.ts'
import type { AccountState } from './account-state.ts'
import type { InFlightReport } from './in-flight-file.ts'
import { ENDING, HEARTBEAT_MS } from './in-flight-file.ts'

export interface ReportReader {
  readonly directory: string
  readonly host: string
  /** Whether there is a process with that pid on this machine. */
  readonly isAlive: (pid: number) => boolean
}

interface ReadFile {
  readonly report: InFlightReport
  readonly mtimeMs: number
  readonly readAtMs: number
}

/** After so long without a touch it is nobody's, though there may be a process with that pid again. */
const LEFT_MS = 3.5 * HEARTBEAT_MS
/** After so long not even of one that was stopped. */
const OLD_MS = 86_400_000
/** Two writes as close as that may leave the same time on a file. */
const SETTLED_MS = 100
/** So many may be remembered whose files are gone. */
const MOST_LEFT = 100

/** The reports of the running gateways; what has not changed since the last look is not read again. */
export class InFlightReports {
  readonly #reader: ReportReader
  readonly #read = new Map<string, ReadFile>()

  constructor(reader: ReportReader) {
    this.#reader = reader
  }

  /**
   * Files of processes that are gone are deleted; one that may only be stopped keeps its file, and counts again when it goes on.
   * @param except the path of one's own
   */
  list(nowMs: number, except?: string): InFlightReport[] {
    const paths = listFiles(this.#reader.directory)
    if (this.#read.size > paths.length + MOST_LEFT) this.#read.clear()
    return paths.flatMap((path) => (path === except ? [] : (this.#current(path, nowMs) ?? [])))
  }

  #current(path: string, nowMs: number): InFlightReport | undefined {
    const mtimeMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs
    if (mtimeMs === undefined) return this.#forget(path)
    const report = this.#report(path, mtimeMs)
    const isGone = report?.host === this.#reader.host && !this.#reader.isAlive(report.pid)
    if (isGone || nowMs - mtimeMs > OLD_MS) return this.#forget(path)
    return nowMs - mtimeMs > LEFT_MS ? undefined : report
  }

  /** That of the last look, where the file is just being written. */
  #report(path: string, mtimeMs: number): InFlightReport | undefined {
    const known = this.#read.get(path)
    if (known?.mtimeMs === mtimeMs && known.readAtMs - mtimeMs > SETTLED_MS) return known.report
    const readAtMs = Date.now()
    const report = readReport(path)
    if (report) this.#read.set(path, { report, mtimeMs, readAtMs })
    return report ?? known?.report
  }

  #forget(path: string): undefined {
    this.#read.delete(path)
    rmSync(path, { force: true })
  }
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
