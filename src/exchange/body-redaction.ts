import type { Span } from '../json/scanner.ts'
import type { Edit } from '../json/splice.ts'
import { splice } from '../json/splice.ts'
import { joinDeltas } from './deltas.ts'
import type { Finder } from './needles.ts'
import { MASK } from './redact.ts'

/** The bytes of a body without what must not be kept, and how many values are masked in them. */
export interface CleanBody {
  readonly bytes: Buffer
  readonly count: number
}

/** A value that is masked, in the pieces in which it stands. */
type Hit = readonly Span[]

/**
 * Masks what the finders find, also where a streamed answer has it spread over several events: a model writes a secret in
 * pieces of a few characters. All other bytes stay.
 */
export function redactBody(bytes: Buffer, finders: readonly Finder[]): CleanBody {
  const hits = [...hitsIn(bytes, finders), ...spreadHits(bytes, finders)]
  if (hits.length === 0) return { bytes, count: 0 }
  const { edits, count } = editsOf(hits)
  return { bytes: Buffer.concat(splice([bytes], edits)), count }
}

function hitsIn(bytes: Buffer, finders: readonly Finder[]): Hit[] {
  return finders.flatMap((finder) => finder.spansIn(bytes).map((span) => [span]))
}

function spreadHits(bytes: Buffer, finders: readonly Finder[]): Hit[] {
  return joinDeltas(bytes).flatMap(({ text, piecesOf }) =>
    hitsIn(text, finders).map((hit) => hit.flatMap(piecesOf)),
  )
}

/** The first piece of each value becomes the mask, the others nothing; what overlaps is one value. */
function editsOf(hits: readonly Hit[]): { readonly edits: readonly Edit[]; readonly count: number } {
  const pieces = hits.flatMap((hit) => hit.map((span, index) => ({ ...span, isFirst: index === 0 })))
  pieces.sort((left, right) => left.start - right.start || right.end - left.end)
  const merged: { start: number; end: number; isFirst: boolean }[] = []
  for (const piece of pieces) {
    const last = merged.at(-1)
    if (last && piece.start < last.end) {
      last.end = Math.max(last.end, piece.end)
      last.isFirst ||= piece.isFirst
    } else merged.push({ ...piece })
  }
  const edits = merged.map(({ isFirst, ...span }) => ({ ...span, bytes: Buffer.from(isFirst ? MASK : '') }))
  return { edits, count: merged.filter(({ isFirst }) => isFirst).length }
}
