import { readFileBytes, unreadable } from './file-bytes.ts'
import type { FileSettings } from './file-settings.ts'
import { readSettings, USER_SECTIONS } from './file-settings.ts'
import { parseJsonTree } from './json-tree.ts'

/** What the user's file says; undefined if there is none. @throws GatewayError CONFIG_* */
export function readUserSettings(path: string): FileSettings | undefined {
  const content = readFileBytes(path, () => undefined)
  if (!content) return undefined
  if (content.kind === 'fault') throw unreadable(path, content.fault, 'put a file there, or nothing')
  return readSettings(parseJsonTree(content.bytes.toString('utf8'), path), path, USER_SECTIONS)
}
