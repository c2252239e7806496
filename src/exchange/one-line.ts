import { stripVTControlCharacters } from 'node:util'
import type { Suspicion } from './likely-secret.ts'
import { maskNamedSecrets, maskRandomWords } from './likely-secret.ts'
import { redact } from './redact.ts'

const MAX_CHARACTERS = 200

/**
 * A text from elsewhere, fit to stand in one line of ours: plain, short, and without secrets.
 * @param secrets the known ones
 */
export function oneLine(text: string, secrets: readonly string[], suspicion?: Suspicion): string {
  const line = plainText(text).replace(/\s+/g, ' ').trim()
  return shorten(maskRandomWords(maskNamedSecrets(redact(line, secrets).text), suspicion))
}

/** Colours and other control characters could split a secret, or act on the terminal. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r/g, '\n')
    .replace(/\t/g, ' ')
    .replace(/[\p{Zl}\p{Zp}]/gu, '\n')
    .replace(/[^\P{C}\n]/gu, '')
}

function shorten(text: string): string {
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS - 1)}…`
}
