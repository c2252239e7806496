import type { Config } from '../../config/config.ts'
import type { ConfigEntry } from '../../config/merge.ts'
import { isSecretReference, parseReference } from '../../credentials/reference.ts'

/**
 * One line for each secret that goes to an upstream which another file names: no one file shows that. A key in the
 * keychain is not among them, as it goes to no other upstream than its own.
 */
export function mixedOrigins({ entries }: Config): string[] {
  const upstream = entries.find(({ key }) => key === 'upstream')
  const place = upstream && fileOf(upstream)
  if (!place) return []
  return entries
    .filter((entry) => isFreeSecret(entry) && ![undefined, place].includes(fileOf(entry)))
    .map(
      ({ name, origin }) =>
        `\`${name}\` of ${origin} goes to the \`upstream\` of ${upstream.origin}; a key that \`claude-gw login\` stores goes to its own only`,
    )
}

/** Undefined for what is no file. */
function fileOf({ origin }: ConfigEntry): string | undefined {
  return /^(.+):\d+$/.exec(origin)?.[1]
}

function isFreeSecret({ key, value }: ConfigEntry): boolean {
  const text = String(value)
  if (key !== 'credential' && key !== 'headers') return false
  return isSecretReference(text) && parseReference(text)?.scheme !== 'keychain'
}
