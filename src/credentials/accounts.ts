import { createHash } from 'node:crypto'
import { accessSync, constants, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { GatewayError, reasonOf } from '../base/errors.ts'
import { createPrivateFile, ensurePrivateDirectory, replacePrivateFile } from '../base/private-file.ts'
import { isJsonObject } from '../json/object.ts'

/** What is noted of a key in the keychain, to know it without asking there. What stands in the keychain decides. */
export interface Account {
  readonly account: string
  /** The only origin that its key is sent to; null where that cannot be read. */
  readonly origin: string | null
  /** RFC 3339, UTC; null where it is not known. */
  readonly storedAt: string | null
}

/** What is noted of an account; undefined if nothing is. */
export function readAccount(stateDirectory: string, account: string): Account | undefined {
  const text = readText(accountPath(stateDirectory, account))
  if (text === undefined) return undefined
  const noted = parseAccount(text)
  return noted?.account === account ? noted : { account, origin: null, storedAt: null }
}

/** Undefined where there is no file; the empty text, which is no note, where it cannot be read. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '') ? undefined : ''
  }
}

function parseAccount(text: string): Account | undefined {
  try {
    const note: unknown = JSON.parse(text)
    if (!isJsonObject(note) || typeof note['account'] !== 'string') return undefined
    const { account, origin, storedAt } = note
    return { account, origin: stringOrNull(origin), storedAt: stringOrNull(storedAt) }
  } catch {
    return undefined
  }
}

function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** Makes room for notes before there is anything to note. @throws GatewayError STATE_UNWRITABLE where none can be made */
export function prepareAccounts(stateDirectory: string): void {
  change(join(stateDirectory, 'accounts'), (folder) => {
    ensurePrivateDirectory(folder)
    accessSync(folder, constants.W_OK)
  })
}

/** Notes an account, in place of what was noted of it. @throws GatewayError STATE_UNWRITABLE */
export function writeAccount(stateDirectory: string, account: Account): void {
  change(accountPath(stateDirectory, account.account), (path) => {
    ensurePrivateDirectory(dirname(path))
    replacePrivateFile(path, textOf(account))
  })
}

/** Notes an account of which nothing is, even if several processes do so at once. @throws as writeAccount */
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

/** Forgets what is noted of an account. @throws as writeAccount */
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

/** By a digest: names of accounts may be longer than those of files, and hold what these may not. */
function accountPath(stateDirectory: string, account: string): string {
  const name = createHash('sha256').update(account).digest('hex')
  return join(stateDirectory, 'accounts', `${name}.json`)
}
