import type { Edge } from './pattern-edge.ts'

/** A pattern over bytes. */
export type Pattern =
  | { readonly kind: 'byte'; readonly set: ByteSet }
  | { readonly kind: 'edge'; readonly holds: Edge }
  | { readonly kind: 'all'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'one'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly part: Pattern; readonly min: number; readonly max: number }

/** Which of the 256 bytes are meant. */
export type ByteSet = readonly boolean[]

/** Whether it matches the empty text. */
export function canBeEmpty(pattern: Pattern): boolean {
  switch (pattern.kind) {
    case 'byte':
      return false
    case 'edge':
      return true
    case 'all':
      return pattern.parts.every(canBeEmpty)
    case 'one':
      return pattern.parts.some(canBeEmpty)
    case 'repeat':
      return pattern.min === 0 || canBeEmpty(pattern.part)
  }
}

/** How many bytes it has where repeats are written out, at most; what repeats for ever counts once. */
export function sizeOf(pattern: Pattern): number {
  switch (pattern.kind) {
    case 'byte':
    case 'edge':
      return 1
    case 'repeat':
      return sizeOf(pattern.part) * (pattern.max === Number.POSITIVE_INFINITY ? pattern.min + 1 : pattern.max)
    default:
      return pattern.parts.reduce((sum, part) => sum + sizeOf(part), 0)
  }
}
