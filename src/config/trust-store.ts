import { replacePrivateFile } from '../base/private-file.ts'
import { withLock } from './lock.ts'
import type { FileIdentity } from './trust.ts'
import { readTrusted, trustPath } from './trust.ts'

/**
 * Records that the user trusts a file with the content that was read.
 * @param directory of the user's configuration
 * @throws GatewayError CONFIG_UNWRITABLE
 */
export async function trustFile(directory: string, { realPath, hash }: FileIdentity): Promise<void> {
  await change(directory, (trusted) => trusted.set(realPath, hash))
}

/** @returns whether the file was trusted, with whatever content. @throws GatewayError CONFIG_UNWRITABLE */
export function untrustFile(directory: string, realPath: string): Promise<boolean> {
  return change(directory, (trusted) => trusted.delete(realPath))
}

function change<T>(directory: string, edit: (trusted: Map<string, unknown>) => T): Promise<T> {
  const path = trustPath(directory)
  return withLock(path, () => {
    const trusted = readTrusted(path)
    const result = edit(trusted)
    replacePrivateFile(path, `${JSON.stringify(Object.fromEntries(trusted), undefined, 2)}\n`)
    return result
  })
}
