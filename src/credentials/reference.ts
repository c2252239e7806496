/** What the text of a reference says: which kind of place, and which one of that kind. */
export type Reference =
  | { readonly scheme: 'auto' }
  | { readonly scheme: 'passthrough' }
  /** An empty account is that of the profile. */
  | { readonly scheme: 'keychain'; readonly account: string }
  | { readonly scheme: 'env'; readonly name: string }
  | { readonly scheme: 'file'; readonly path: string }
  | { readonly scheme: 'command'; readonly line: string }
  | { readonly scheme: 'vault'; readonly path: string; readonly field: string }
  /** The whole `op://…`, as the program `op` wants it. */
  | { readonly scheme: 'op'; readonly uri: string }

/** The forms of a reference to a place of a secret, for an error. */
export const REFERENCE_FORMS =
  '`keychain:ACCOUNT`, `env:NAME`, `file:PATH`, `command:SHELL LINE`, `vault:PATH#FIELD` or `op://…`'

/** Reads a reference; undefined if the text is none. Schemes may be in any letter case. */
export function parseReference(text: string): Reference | undefined {
  const match = /^([a-z]+)(?::([\s\S]*))?$/i.exec(text.trim())
  const scheme = match?.[1]?.toLowerCase()
  const rest = match?.[2]
  switch (scheme) {
    case 'auto':
    case 'passthrough':
      return rest ? undefined : { scheme }
    case 'keychain':
      return /^\P{Cc}{0,255}$/u.test(rest ?? '') ? { scheme, account: rest ?? '' } : undefined
    case 'env':
      return rest && /^\w+$/.test(rest) ? { scheme, name: rest } : undefined
    case 'file':
      return rest ? { scheme, path: rest } : undefined
    case 'command':
      return rest?.trim() ? { scheme, line: rest } : undefined
    case 'vault':
      return parseVault(rest ?? '')
    case 'op':
      return /^\/\/[^\s/]/.test(rest ?? '') ? { scheme, uri: `op:${rest}` } : undefined
    default:
      return undefined
  }
}

/** A path that looks like an option would be one to the program `vault`. */
function parseVault(text: string): Reference | undefined {
  const match = /^([^\s#-][^\s#]*)#([^\s#]+)$/.exec(text)
  return match ? { scheme: 'vault', path: match[1] as string, field: match[2] as string } : undefined
}

/** Whether a text names a place of a secret, where it could as well be one for everybody to read. */
export function isSecretReference(text: string): boolean {
  return /^(keychain|env|file|command|vault):|^op:\/\//i.test(text)
}
