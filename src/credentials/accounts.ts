import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { GatewayError, reasonOf } from '../base/errors.ts'
import { createPrivateFile, ensurePrivateDirectory, replacePrivateFile } from '../base/private-file.ts'
import { isJsonObject } from '../json/object.ts'

/** What we know about a key in the keychain without asking the keychain. Never the key. */
export interface Account {
  readonly account: string
  /** The only origin that its key is sent to; null for none, as while a login is under way. */
  readonly origin: string | null
  /** RFC 3339, UTC; null where it is not known. */
  readonly storedAt: string | null
}

/** What is recorded of an account; undefined if nothing is. A record that cannot be read lets the key go nowhere. */
export function readAccount(stateDirectory: string, account: string): Account | undefined {
  const text = readText(accountPath(stateDirectory, account))
  if (text === undefined) return undefined
  const recorded = parseAccount(text)
  return recorded?.account === account ? recorded : { account, origin: null, storedAt: null }
}

/** All accounts with a record that can be read. */
export function listAccounts(stateDirectory: string): Account[] {
  return recordFiles(stateDirectory)
    .map((path) => parseAccount(readText(path) ?? ''))
    .filter((account) => account !== undefined)
}

function recordFiles(stateDirectory: string): string[] {
  const directory = join(stateDirectory, 'accounts')
  try {
    const files = readdirSync(directory).filter((file) => file.endsWith('.json'))
    return files.sort().map((file) => join(directory, file))
  } catch {
    return []
  }
}

/** Undefined where there is no file; the empty text, which is no record, where it cannot be read. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '') ? undefined : ''
  }
}

function parseAccount(text: string): Account | undefined {
  try {
    const record: unknown = JSON.parse(text)
    if (!isJsonObject(record) || typeof record['account'] !== 'string') return undefined
    const { account, origin, storedAt } = record
    return { account, origin: stringOrNull(origin), storedAt: stringOrNull(storedAt) }
  } catch {
    return undefined
  }
}

function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** Records an account, in place of what was recorded of it. @throws GatewayError STATE_UNWRITABLE */
export function writeAccount(stateDirectory: string, account: Account): void {
  change(accountPath(stateDirectory, account.account), (path) => {
    ensurePrivateDirectory(dirname(path))
    replacePrivateFile(path, textOf(account))
  })
}

/** Records an account that has no record, even if several processes do so at once. @throws as writeAccount */
export function addAccount(stateDirectory: string, account: Account): void {
  change(accountPath(stateDirectory, account.account), (path) => {
    ensurePrivateDirectory(dirname(path))
    try {
      createPrivateFile(path, textOf(account))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  })
}

/** Forgets what is recorded of an account. @throws as writeAccount */
export function deleteAccount(stateDirectory: string, account: string): void {
  change(accountPath(stateDirectory, account), (path) => rmSync(path, { force: true }))
}

function change(path: string, write: (path: string) => void): void {
  try {
    write(path)
  } catch (error) {
    throw new GatewayError('STATE_UNWRITABLE', { path, reason: reasonOf(error) }, error)
  }
}

function textOf(account: Account): string {
  return `${JSON.stringify(account)}\n`
}

/** Percent-encoded as in a URL, capitals too: some file systems do not tell them from small letters. */
function accountPath(stateDirectory: string, account: string): string {
  const name = Buffer.from(account)
    .toString('latin1')
    .replace(/[^a-z0-9_-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return join(stateDirectory, 'accounts', `${name}.json`)
}
