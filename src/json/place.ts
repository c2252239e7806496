import { nameAt } from './name.ts'
import type { Span } from './scanner.ts'
import { contentStart, isContainer, readObject, scanArray, skipValue } from './scanner.ts'

const OPEN_BRACE = 0x7b
const DEEPEST = 40
const PLAIN_NAME = /^[A-Za-z_$][\w$]*$/

/**
 * Where bytes of a JSON text stand in what it says: `messages[3].content[0].text`. What stands deeper than forty
 * levels is placed by them; a text that is no JSON has its top only, which has no name.
 * @param offsets in ascending order
 * @param isShown whether the name at a span, which has its quotes, may stand there; otherwise `["…"]` does
 * @returns a place for each offset
 */
export function placesOf(
  body: Buffer,
  offsets: readonly number[],
  isShown: (name: Span) => boolean = () => true,
): string[] {
  const places = offsets.map(() => '')
  let next = 0
  /** Gives a place to the offsets before `end`. */
  const place = (end: number, path: string) => {
    while (next < offsets.length && (offsets[next] as number) < end) places[next++] = path
  }
  const walk = (start: number, path: string, parent: string, depth: number): number => {
    const end = skipValue(body, start)
    // What stands before a value, such as its name, is in the container.
    place(start, parent)
    if (isContainer(body, start) && depth < DEEPEST && (offsets[next] ?? end) < end)
      walkInto(start, path, depth + 1)
    place(end, path)
    return end
  }
  const walkInto = (start: number, path: string, depth: number) => {
    if (body[start] === OPEN_BRACE)
      readObject(body, start, (name, value) => {
        const shown = isShown(name) ? memberPath(path, nameAt(body, name)) : `${path}["…"]`
        return walk(value, shown, path, depth)
      })
    else scanArray(body, start, (item, index) => walk(item, `${path}[${index}]`, path, depth))
  }
  try {
    walk(contentStart(body), '', '', 0)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return places
}

function memberPath(path: string, name: string): string {
  if (!PLAIN_NAME.test(name)) return `${path}[${JSON.stringify(name)}]`
  return path === '' ? name : `${path}.${name}`
}
