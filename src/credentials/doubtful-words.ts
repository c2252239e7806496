const MASK = '[redacted]'
/** Most names are shorter, and most secrets longer. */
const SHORTEST = 20

/** A URL up to its path, or any word that is long enough. */
const CANDIDATES = new RegExp(
  String.raw`([a-z][a-z\d+.-]*:\/\/)([^\s\/?#"']*@)?([^\s\/?#@"']*)|[\w+\/\\=.~-]{${SHORTEST},}`,
  'gi',
)

/**
 * Masks what nobody told us is a secret but could be: long words of letters and digits, and users in URLs. Stricter than
 * what records need (`exchange/likely-secret`): nobody looks up an id in what a helper complained of.
 */
export function maskDoubtfulWords(text: string): string {
  return text.replace(CANDIDATES, (word: string, scheme?: string, user?: string, host?: string) => {
    if (scheme !== undefined) return `${scheme}${user ? `${MASK}@` : ''}${host}`
    return isName(word) ? word : MASK
  })
}

/** A path, the name of a host, a file or a package: short parts, and capitals only in paths that start as one. */
function isName(word: string): boolean {
  const canBeName = /^(~|\.{1,2}|[A-Za-z]:)?[\\/]/.test(word) || !/[A-Z]/.test(word)
  return isPlain(word) || (canBeName && word.split(/[\\/.]/).every(isShortOrPlain))
}

function isShortOrPlain(part: string): boolean {
  return part.length < SHORTEST || isPlain(part)
}

function isPlain(word: string): boolean {
  return !/\d/.test(word) || !/[a-z]/i.test(word)
}
