import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../json/object.ts'
import { isJsonObject } from '../json/object.ts'
import type { ClaudePlaces } from './places.ts'

/** As many characters of an approved key does Claude Code keep. */
const KEPT_CHARACTERS = 20

/**
 * Whether a Claude login is saved for this user: the file of it, which is not read, or on macOS, where it is in the
 * Keychain, the account that it belongs to.
 */
export function hasSavedLogin({ configDirectory, globalConfigFile }: ClaudePlaces): boolean {
  if (existsSync(join(configDirectory, '.credentials.json'))) return true
  return isJsonObject(readGlobalConfig(globalConfigFile)['oauthAccount'])
}

/** Whether the user has once allowed Claude Code to use this API key. */
export function isApprovedApiKey({ globalConfigFile }: ClaudePlaces, apiKey: string): boolean {
  const responses = readGlobalConfig(globalConfigFile)['customApiKeyResponses']
  const approved = isJsonObject(responses) ? responses['approved'] : undefined
  return Array.isArray(approved) && approved.includes(apiKey.trim().slice(-KEPT_CHARACTERS))
}

function readGlobalConfig(file: string): JsonObject {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''))
    return isJsonObject(parsed) ? parsed : {}
  } catch {
    return {}
  }
}
