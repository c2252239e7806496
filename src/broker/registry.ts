import { closeSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { GatewayError, reasonOf } from '../base/errors.ts'
import { ensurePrivateDirectory, openPrivateFile } from '../base/private-file.ts'

/** The last `claude-gw serve` of a profile: what a shell needs to use it, and what the next one takes over. */
export interface ServeEntry {
  readonly profile: string
  /** Absent after a clean stop. */
  readonly pid?: number
  /** In its records. */
  readonly runId: string
  readonly port: number
  readonly url: string
  /** Whether the upstream is api.anthropic.com. */
  readonly isAnthropic: boolean
  /** The token of clients, or the secret in the URL's path where they come with their own login. */
  readonly access:
    | { readonly kind: 'token'; readonly token: string }
    | { readonly kind: 'path'; readonly secret: string }
}

/** The entry of a profile, whether or not its process still runs; undefined if there is none that can be read. */
export function readEntry(stateDirectory: string, profile: string): ServeEntry | undefined {
  try {
    return JSON.parse(readFileSync(entryPath(stateDirectory, profile), 'utf8'))
  } catch {
    return undefined
  }
}

/** The entries of all profiles that can be read. */
export function listEntries(stateDirectory: string): ServeEntry[] {
  return entryFiles(stateDirectory)
    .map((file) => readEntry(stateDirectory, file.slice(0, -'.json'.length)))
    .filter((entry) => entry !== undefined)
}

function entryFiles(stateDirectory: string): string[] {
  try {
    return readdirSync(join(stateDirectory, 'serve')).filter((file) => file.endsWith('.json'))
  } catch {
    return []
  }
}

/** Keeps the entry in a file of the user's alone. @throws GatewayError STATE_UNWRITABLE */
export function writeEntry(stateDirectory: string, entry: ServeEntry): void {
  const path = entryPath(stateDirectory, entry.profile)
  try {
    ensurePrivateDirectory(dirname(path))
    writePrivateFile(path, `${JSON.stringify(entry)}\n`)
  } catch (error) {
    throw new GatewayError('STATE_UNWRITABLE', { path, reason: reasonOf(error) }, error)
  }
}

function writePrivateFile(path: string, text: string): void {
  const fd = openPrivateFile(path, 'w')
  try {
    writeSync(fd, text)
  } finally {
    closeSync(fd)
  }
}

/** Takes the process out of its entry, unless the next one has the entry already. @throws as writeEntry */
export function markStopped(stateDirectory: string, { profile, pid }: ServeEntry): void {
  const entry = readEntry(stateDirectory, profile)
  if (!entry || entry.pid !== pid) return
  const { pid: _ended, ...rest } = entry
  writeEntry(stateDirectory, rest)
}

function entryPath(stateDirectory: string, profile: string): string {
  return join(stateDirectory, 'serve', `${profile}.json`)
}
