/** More layers of encoding than servers in a row take off. */
const MOST_DECODINGS = 5

/**
 * The path of a request target as a lenient server may read it: decoded, without empty and dotted parts, parameters
 * (RFC 3986 section 3.3), and a slash at its end. For rules that must not be got round by another way to write a path.
 */
export function servedPath(target: string): string {
  const path = decoded(target.replace(/\?.*$/s, '')).replaceAll('\\', '/')
  const parts: string[] = []
  for (const part of path.split('/')) {
    const name = part.replace(/;.*$/s, '')
    if (name === '..') parts.pop()
    else if (name !== '' && name !== '.') parts.push(name)
  }
  return `/${parts.join('/')}`
}

function decoded(path: string): string {
  let text = path
  for (let count = 0; count < MOST_DECODINGS && text.includes('%'); count++)
    text = text.replace(/%([\da-f]{2})/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
  return text
}
