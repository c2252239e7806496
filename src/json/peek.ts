import type { Span } from './scanner.ts'
import { contentStart, isContainer, scanObject, skipSpace } from './scanner.ts'

export type Scalar = string | number | boolean | null

/** Where a value stands, and the value itself unless it is an object or an array. */
export interface PeekedValue extends Span {
  readonly value?: Scalar
}

/** The named members that the object has. */
export type Peeked<Name extends string> = { readonly [N in Name]?: PeekedValue }

/**
 * Looks up members at the top level of a JSON object without parsing the rest. Of duplicates the last one
 * counts, as in JSON.parse; a byte order mark and invalid UTF-8 are accepted as `Buffer.toString` does.
 * What JSON.parse accepts is always found. A body that is no object, breaks off, or is malformed as far as it
 * was read gives undefined; errors within a value that was not asked for can go unnoticed.
 */
export function peek<const Name extends string>(
  body: Buffer,
  names: readonly Name[],
): Peeked<Name> | undefined {
  try {
    return readMembers(body, names)
  } catch {
    return undefined
  }
}

/** @throws SyntaxError on malformed text. */
function readMembers<Name extends string>(body: Buffer, names: readonly Name[]): Peeked<Name> {
  const spans = new Map<string, Span>()
  const end = scanObject(body, contentStart(body), ({ name, value }) => {
    spans.set(parse(body, name) as string, value)
  })
  if (skipSpace(body, end) !== body.length) throw new SyntaxError('text behind the object')
  const found = names.flatMap((name) => {
    const span = spans.get(name)
    return span ? [[name, peekValue(body, span)] as const] : []
  })
  return Object.fromEntries(found) as Peeked<Name>
}

function peekValue(body: Buffer, span: Span): PeekedValue {
  return isContainer(body, span.start) ? span : { ...span, value: parse(body, span) as Scalar }
}

function parse(body: Buffer, { start, end }: Span): unknown {
  return JSON.parse(body.toString('utf8', start, end))
}
