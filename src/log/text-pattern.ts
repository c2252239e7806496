/**
 * Whether a text contains `pattern`, or matches all of it where it has a `*`, which stands for any characters. Letter case
 * does not count. The time is linear in the text for each part between stars, whatever the pattern.
 */
export function textPattern(pattern: string): (text: string) => boolean {
  const parts = pattern.toLowerCase().split('*')
  const [first = '', ...rest] = parts
  const last = rest.pop()
  if (last === undefined) return (text) => text.toLowerCase().includes(first)
  return (text) => matchesAll(text.toLowerCase(), first, rest, last)
}

/** The first place where a part fits leaves most for the next, so nothing has to be tried again. */
function matchesAll(text: string, first: string, middle: readonly string[], last: string): boolean {
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const part of middle) {
    const found = text.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}
