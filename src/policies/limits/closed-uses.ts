import { closeSync, openSync, readdirSync, readFileSync, readSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { ensurePrivateDirectory, replacePrivateFile } from '../../base/private-file.ts'
import type { Amounts } from './amounts.ts'
import type { LedgerUse } from './ledger-line.ts'

/** What a part of a ledger file comes to that nobody appends to any more. A copy, never the truth: the file is. */
export interface ClosedPart {
  /** Of the ledger file. */
  readonly inode: number
  /** Where the part ends in it. */
  readonly end: number
  /** It has all exchanges before its end that ended after this. */
  readonly sinceMs: number
  /** Whether an older file can hold more of them. */
  readonly hasOlder: boolean
  readonly uses: readonly LedgerUse[]
}

interface StoredPart extends ClosedPart {
  readonly v: 1
  /** Of the last bytes of the part, in hope that those before are the same then. */
  readonly checksum: number
}

interface SummedUse extends LedgerUse {
  readonly amounts: { -readonly [N in keyof Amounts]: Amounts[N] }
}

/** Days and months begin with one of them, wherever one is. */
const QUARTER_MS = 900_000
const CHECKED_BYTES = 4096
/** `2026-08.<prices>.json`, and what was broken off while one was written; older versions named no prices. */
const PART_NAME = /^(\d{4}-\d{2})(\.[\da-f]+)?\.json(\.[\da-f-]+\.tmp)?$/

/** Adds uses up that are of the same subject and began and ended within the same quarters of an hour. */
export class ClosedUses {
  readonly #byKey = new Map<string, SummedUse>()
  /** Mostly the next use goes there too. */
  #last: SummedUse | undefined

  get all(): readonly LedgerUse[] {
    return [...this.#byKey.values()]
  }

  add(use: LedgerUse): void {
    const startMs = quarterOf(use.startMs)
    const endMs = quarterOf(use.endMs)
    if (!this.#last || !isOf(this.#last, use, startMs, endMs)) this.#last = this.#sumOf(use, startMs, endMs)
    addTo(this.#last.amounts, use.amounts)
  }

  clear(): void {
    this.#byKey.clear()
    this.#last = undefined
  }

  #sumOf(use: LedgerUse, startMs: number, endMs: number): SummedUse {
    const { profile, model, project, session, user } = use.subject
    // What is not known is guessed anew by each process, so it stays alone.
    const alone = use.isKnown ? '' : this.#byKey.size
    const key = JSON.stringify([profile, model, project, session, user, startMs, endMs, alone])
    const known = this.#byKey.get(key)
    if (known) return known
    const amounts = { requests: 0, inputTokens: 0, outputTokens: 0, usd: 0 }
    const made = { ...use, startMs, endMs, runId: '', amounts }
    this.#byKey.set(key, made)
    return made
  }
}

/**
 * The closed part of a ledger file, as somebody left it; undefined where there is none, or it is of another file.
 * @param prices the digest of those at which it was added up what has no cost of its own
 */
export function readClosedPart(path: string, inode: number, prices: string): ClosedPart | undefined {
  try {
    const part = JSON.parse(readFileSync(partPath(path, prices), 'utf8')) as StoredPart
    const isRight = part.v === 1 && part.inode === inode && part.checksum === checksumAt(path, part.end)
    return isRight ? part : undefined
  } catch {
    return undefined
  }
}

/** Leaves it for the next process. Where it cannot be written, that one reads the lines. */
export function writeClosedPart(path: string, part: ClosedPart, prices: string): void {
  try {
    const target = partPath(path, prices)
    const stored: StoredPart = { v: 1, checksum: checksumAt(path, part.end), ...part }
    ensurePrivateDirectory(dirname(target))
    replacePrivateFile(target, JSON.stringify(stored))
    deleteParts(dirname(target), monthOf(path))
  } catch {
    // It only saves time.
  }
}

/** Those of earlier months. One that cannot be deleted stays. */
function deleteParts(directory: string, before: string): void {
  for (const name of readdirSync(directory)) {
    const month = PART_NAME.exec(name)?.[1]
    if (month === undefined || month >= before) continue
    try {
      rmSync(join(directory, name))
    } catch {
      // The next month tries again.
    }
  }
}

function isOf(sum: SummedUse, { subject, isKnown }: LedgerUse, startMs: number, endMs: number): boolean {
  const { profile, model, project, session, user } = sum.subject
  const isSameTime = sum.startMs === startMs && sum.endMs === endMs
  const isSameThing = subject.session === session && subject.model === model && subject.project === project
  const isSameParty = subject.profile === profile && subject.user === user
  return isKnown && sum.isKnown && isSameTime && isSameThing && isSameParty
}

function addTo(sum: SummedUse['amounts'], amounts: Amounts): void {
  sum.requests += amounts.requests
  sum.inputTokens += amounts.inputTokens
  sum.outputTokens += amounts.outputTokens
  sum.usd += amounts.usd
}

function quarterOf(timeMs: number): number {
  return Math.floor(timeMs / QUARTER_MS) * QUARTER_MS
}

function partPath(path: string, prices: string): string {
  return join(dirname(path), 'closed', `${monthOf(path)}.${prices}.json`)
}

function monthOf(path: string): string {
  return basename(path, '.jsonl')
}

/** @throws the system error; RangeError where the file is shorter */
function checksumAt(path: string, end: number): number {
  const length = Math.min(end, CHECKED_BYTES)
  const bytes = Buffer.alloc(length)
  const fd = openSync(path, 'r')
  try {
    if (readSync(fd, bytes, 0, length, end - length) !== length) throw new RangeError('no such bytes')
    return crc32(bytes)
  } finally {
    closeSync(fd)
  }
}
