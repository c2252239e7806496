import { closeSync, fstatSync, readSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { reasonOf } from '../base/errors.ts'
import { ensurePrivateDirectory, openPrivateFile } from '../base/private-file.ts'
import { NEWLINE } from './day-file.ts'
import type { Period } from './period.ts'
import { dayAt } from './period.ts'

const RETRY_MS = 5_000

export interface TrafficLogOptions {
  readonly directory: string
  /** Told once, at the first record that could not be written. */
  readonly onTrouble: (reason: string) => void
  /** Which lines share a file; those of a day by default. */
  readonly periodAt?: (timeMs: number) => Period
  readonly now?: () => Date
}

interface OpenFile {
  readonly fd: number
  readonly path: string
  readonly inode: number
  readonly period: Period
}

/**
 * Appends lines to the file of the day or of the month, which other processes append to as well: O_APPEND, one write per line.
 * A disk that is full, read-only or gone costs records, never an exchange.
 */
export class TrafficLog {
  readonly #directory: string
  readonly #onTrouble: (reason: string) => void
  readonly #periodAt: (timeMs: number) => Period
  readonly #now: () => Date
  #file: OpenFile | undefined
  #endsTorn = false
  #failedAtMs = Number.NEGATIVE_INFINITY
  #dropped = 0
  #isTold = false

  constructor({ directory, onTrouble, periodAt = dayAt, now = () => new Date() }: TrafficLogOptions) {
    this.#directory = directory
    this.#onTrouble = onTrouble
    this.#periodAt = periodAt
    this.#now = now
  }

  /** How many records could not be written. */
  get dropped(): number {
    return this.#dropped
  }

  /**
   * Writes one line, newline included, before it returns. After a failure the file is tried again at most
   * every 5 s. Never throws.
   * @returns whether the whole line is in the file
   */
  append(line: string): boolean {
    const timeMs = this.#now().getTime()
    try {
      const file = this.#open(timeMs)
      if (file) {
        this.#write(file, line)
        return true
      }
    } catch (error) {
      this.close()
      this.#failedAtMs = timeMs
      this.#tell(`cannot write to ${this.#directory}: ${reasonOf(error)}`)
    }
    this.#dropped += 1
    return false
  }

  /** A later append opens the file again. */
  close(): void {
    const file = this.#file
    this.#file = undefined
    if (file) closeQuietly(file.fd)
  }

  #open(timeMs: number): OpenFile | undefined {
    if (this.#file && isWithin(this.#file.period, timeMs) && isInPlace(this.#file)) return this.#file
    this.close()
    if (Math.abs(timeMs - this.#failedAtMs) < RETRY_MS) return undefined
    ensurePrivateDirectory(this.#directory)
    const period = this.#periodAt(timeMs)
    const path = join(this.#directory, `${period.name}.jsonl`)
    const fd = openPrivateFile(path, 'a+')
    this.#file = { fd, path, period, inode: fstatSync(fd).ino }
    this.#endsTorn = lacksFinalNewline(fd)
    return this.#file
  }

  /** A write may be short without an error; what then fails leaves a torn line, which the next opening mends. */
  #write(file: OpenFile, line: string): void {
    const bytes = Buffer.from(this.#endsTorn ? `\n${line}` : line)
    let written = 0
    while (written < bytes.length) written += writeSync(file.fd, bytes, written)
    this.#endsTorn = false
  }

  #tell(reason: string): void {
    if (this.#isTold) return
    this.#isTold = true
    this.#onTrouble(reason)
  }
}

function isWithin({ startMs, endMs }: Period, timeMs: number): boolean {
  return startMs <= timeMs && timeMs < endMs
}

/** False when somebody deleted or replaced the file: what is written to it then is lost. */
function isInPlace(file: OpenFile): boolean {
  return statSync(file.path, { throwIfNoEntry: false })?.ino === file.inode
}

function lacksFinalNewline(fd: number): boolean {
  const { size } = fstatSync(fd)
  const last = Buffer.alloc(1)
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE
}

function closeQuietly(fd: number): void {
  try {
    closeSync(fd)
  } catch {
    // The error is the one of the write before it, which has been told.
  }
}
