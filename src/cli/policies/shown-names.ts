import type { Span } from '../../json/scanner.ts'
import type { RehearsedRule } from './rehearsed-rules.ts'

const PLAIN_NAME = /^[A-Za-z_$][\w$]*$/

/**
 * Which names of members may stand in the places of what rules found, where the found texts may not: plain ones, of which
 * no part was found anywhere.
 */
export function shownNames(rules: readonly RehearsedRule[]): (body: Buffer) => (name: Span) => boolean {
  const texts = new Set(rules.flatMap(foundTexts))
  const known = new Map<string, boolean>()
  const isFine = (name: string) => {
    const fine = known.get(name) ?? (PLAIN_NAME.test(name) && ![...texts].some((text) => name.includes(text)))
    known.set(name, fine)
    return fine
  }
  return (body) => {
    const found = foundBytes(rules, body)
    return ({ start, end }) =>
      !found.subarray(start, end).includes(1) && isFine(body.toString('latin1', start + 1, end - 1))
  }
}

/** Rules may have seen the same name in bodies that differ. */
function foundTexts({ sight, body }: RehearsedRule): readonly string[] {
  const spans = sight?.spans ?? []
  return spans.flatMap(({ start, end }) => (end > start ? [body.toString('latin1', start, end)] : []))
}

/** 1 for each byte of a body in which something was found. */
function foundBytes(rules: readonly RehearsedRule[], body: Buffer): Uint8Array {
  const found = new Uint8Array(body.length)
  for (const { sight, body: asked } of rules)
    if (asked === body) for (const { start, end } of sight?.spans ?? []) found.fill(1, start, end)
  return found
}
