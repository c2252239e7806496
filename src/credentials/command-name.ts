import { maskRandomWords } from '../exchange/likely-secret.ts'
import { redact } from '../exchange/redact.ts'

/** The program that a shell line starts with, where that is certain; whatever follows may be a secret. */
export function commandName(line: string): string | undefined {
  const [first = ''] = line.trim().split(/\s+/)
  const name = first.split(/[\\/]/).at(-1) ?? ''
  if (!/^[\w/\\.:~+-]+$/.test(first) || !/^[a-z_][\w.+-]{0,31}$/i.test(name)) return undefined
  return maskRandomWords(redact(name, []).text) === name ? name : undefined
}
