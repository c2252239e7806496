import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GatewayError, reasonOf } from '../base/errors.ts'
import { ensurePrivateDirectory, replacePrivateFile } from '../base/private-file.ts'

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
  /** The upstream, for people. */
  readonly upstream: string
  /** What it would be without the options of that command. */
  readonly configuredUpstream: string
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
    return readdirSync(registryFolder(stateDirectory)).filter((file) => file.endsWith('.json'))
  } catch {
    return []
  }
}

/** Makes the folder of the entries. @throws GatewayError STATE_UNWRITABLE */
export function openRegistry(stateDirectory: string): void {
  writing(registryFolder(stateDirectory), ensurePrivateDirectory)
}

/** Keeps the entry in a file of the user's alone. @throws GatewayError STATE_UNWRITABLE */
export function writeEntry(stateDirectory: string, entry: ServeEntry): void {
  openRegistry(stateDirectory)
  writing(entryPath(stateDirectory, entry.profile), (path) =>
    replacePrivateFile(path, `${JSON.stringify(entry)}\n`),
  )
}

function writing(path: string, write: (path: string) => void): void {
  try {
    write(path)
  } catch (error) {
    throw new GatewayError('STATE_UNWRITABLE', { path, reason: reasonOf(error) }, error)
  }
}

/** Takes the process out of its entry, unless the next one has the entry already. @throws as writeEntry */
export function markStopped(stateDirectory: string, { profile, pid }: ServeEntry): void {
  const entry = readEntry(stateDirectory, profile)
  if (!entry || entry.pid !== pid) return
  const { pid: _ended, ...rest } = entry
  writeEntry(stateDirectory, rest)
}

/** The file of the entry of a profile. */
export function entryPath(stateDirectory: string, profile: string): string {
  return join(registryFolder(stateDirectory), `${profile}.json`)
}

function registryFolder(stateDirectory: string): string {
  return join(stateDirectory, 'serve')
}
