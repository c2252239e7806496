const SECTION = /^\[\s*([\w.-]+)\s*(?:"((?:[^"\\]|\\.)*)")?\s*\]\s*/
const VARIABLE = /^([A-Za-z][\w-]*)\s*=\s*(.*)$/

/**
 * The first value of a variable in a git configuration file (git-config(1), "Syntax"), without what it includes.
 * @param subsection in its own letter case, which counts
 */
export function gitConfigValue(
  text: string,
  section: string,
  subsection: string,
  name: string,
): string | undefined {
  let isWanted = false
  for (const line of text.replace(/\\\r?\n/g, '').split(/\r?\n/)) {
    let rest = line.trim()
    const header = SECTION.exec(rest)
    if (header) {
      const [whole, found = '', sub = ''] = header
      isWanted = found.toLowerCase() === section && sub.replace(/\\(.)/g, '$1') === subsection
      rest = rest.slice(whole.length)
    }
    const [, key, value = ''] = VARIABLE.exec(rest) ?? []
    if (isWanted && key?.toLowerCase() === name) return plain(value)
  }
  return undefined
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b' }

/** Without quotes, escapes, and a comment behind it. */
function plain(value: string): string {
  let text = ''
  let isQuoted = false
  for (const [part] of value.matchAll(/\\.|./g)) {
    if (part === '"') isQuoted = !isQuoted
    else if (!isQuoted && (part === '#' || part === ';')) break
    else text += part.length > 1 ? (ESCAPES[part.slice(1)] ?? part.slice(1)) : part
  }
  return text.trim()
}
