import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject } from '../json/object.ts'

/** A file by its place and by its content. */
export interface FileIdentity {
  readonly realPath: string
  /** SHA-256 of its bytes, in hex. */
  readonly hash: string
}

/** `changed`: it was trusted with another content. */
export type Trust = 'trusted' | 'changed' | 'unknown'

/** Whether the user has trusted a file with the content it has now. @param directory of the user's configuration */
export function trustOf(directory: string, { realPath, hash }: FileIdentity): Trust {
  const trusted = readTrusted(trustPath(directory)).get(realPath)
  if (trusted === undefined) return 'unknown'
  return trusted === hash ? 'trusted' : 'changed'
}

/** Where the user's trust is recorded. */
export function trustPath(directory: string): string {
  return join(directory, 'trusted.json')
}

/** Hashes by path. A record that cannot be read trusts nothing. */
export function readTrusted(path: string): Map<string, unknown> {
  try {
    const document: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return new Map(isJsonObject(document) ? Object.entries(document) : [])
  } catch {
    return new Map()
  }
}
