import { createHash } from 'node:crypto'
import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import {
  ensurePrivateDirectory,
  publishPrivateFile,
  readPrivateFile,
  replacePrivateFile,
} from '../../base/private-file.ts'
import type { TextValues } from '../../config/text-template.ts'
import { TEXT_VARIABLES } from '../../config/text-template.ts'
import { isJsonObject } from '../../json/object.ts'

const PLAIN_NAME = /^[\w-]{1,64}$/
/** Claude Code itself deletes a conversation that nobody went on with for 30 days. */
const KEPT_MS = 60 * 86_400_000

/**
 * The values of a session: those that it had when they were first asked for, in this process or in another.
 * @param directory where each session has a file (0600), which is kept for 60 days after it was last asked for
 * @throws the system error where it can be neither read nor made
 */
export function frozenValues(directory: string, session: string, now: () => TextValues): TextValues {
  const path = join(directory, `${fileName(session)}.json`)
  const known = readValues(path)
  if (known) {
    touch(path)
    return known
  }
  const values = now()
  ensurePrivateDirectory(directory)
  const text = `${JSON.stringify(values)}\n`
  // A request waits for it; what a power cut leaves empty is made anew.
  publishPrivateFile(path, text, { isFlushed: false })
  const published = readValues(path)
  if (published) return published
  // What stands there can be no work of ours.
  replacePrivateFile(path, text)
  return values
}

/** The values that a session has, if it was asked for them before. @throws as `frozenValues` */
export function knownValues(directory: string, session: string): TextValues | undefined {
  return readValues(join(directory, `${fileName(session)}.json`))
}

/** Deletes the files of sessions that nobody went on with. What cannot be deleted stays for the next time. */
export function deleteOldSessions(directory: string, nowMs: number): void {
  for (const name of namesIn(directory)) {
    const path = join(directory, name)
    try {
      if (statSync(path).mtimeMs < nowMs - KEPT_MS) rmSync(path)
    } catch {
      // Nobody is waiting for the room.
    }
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

/** An id comes off the wire. */
function fileName(session: string): string {
  return PLAIN_NAME.test(session) ? session : createHash('sha256').update(session).digest('hex').slice(0, 32)
}

function readValues(path: string): TextValues | undefined {
  const json = parsed(readPrivateFile(path) ?? '')
  if (!isJsonObject(json)) return undefined
  return TEXT_VARIABLES.every((name) => typeof json[name] === 'string') ? (json as TextValues) : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function touch(path: string): void {
  const now = new Date()
  try {
    utimesSync(path, now, now)
  } catch {
    // It is deleted earlier then.
  }
}
