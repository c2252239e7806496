import { BYTE } from './grammar.ts'

/** What stands in a slot. */
export const KIND = {
  absent: 0,
  string: 1,
  number: 2,
  true: 3,
  false: 4,
  null: 5,
  object: 6,
  array: 7,
} as const

/** By the first byte of a value that is well formed. */
export function kindOf(first: number): number {
  switch (first) {
    case BYTE.quote:
      return KIND.string
    case BYTE.openBrace:
      return KIND.object
    case BYTE.openBracket:
      return KIND.array
    case 0x74:
      return KIND.true
    case 0x66:
      return KIND.false
    case 0x6e:
      return KIND.null
    default:
      return KIND.number
  }
}
