import type { Span } from '../json/scanner.ts'

/** A text that came in pieces. */
export interface JoinedText {
  readonly text: Buffer
  /** Where the bytes of a part of it stand in the stream. */
  readonly piecesOf: (part: Span) => readonly Span[]
}

/** What a stream of events begins with. */
const STREAM = /^(?:\uFEFF|\xEF\xBB\xBF)?\s*(?:event|data|id|retry|:)/
/** The strings that models write, as they stand in the events: those of Anthropic's deltas and of OpenAI's chunks. */
const PIECE =
  /"(text|thinking|partial_json|content|reasoning_content|arguments)"\s*:\s*"([^"\\]*(?:\\.[^"\\]*)*)"/g

/** The texts of a streamed answer, each kind of them as one; none of any other body. Both are escaped as in JSON. */
export function joinDeltas(bytes: Buffer): readonly JoinedText[] {
  if (!STREAM.test(bytes.toString('latin1', 0, 16))) return []
  const kinds = new Map<string, Span[]>()
  for (const match of bytes.toString('latin1').matchAll(PIECE)) {
    const [whole, kind = '', value = ''] = match
    const end = match.index + whole.length - 1
    const spans = kinds.get(kind) ?? []
    if (value.length > 0) spans.push({ start: end - value.length, end })
    kinds.set(kind, spans)
  }
  return [...kinds.values()].map((spans) => joined(bytes, spans))
}

function joined(bytes: Buffer, spans: readonly Span[]): JoinedText {
  const text = Buffer.concat(spans.map(({ start, end }) => bytes.subarray(start, end)))
  const piecesOf = ({ start, end }: Span): Span[] => {
    const pieces: Span[] = []
    let at = 0
    for (const span of spans) {
      const length = span.end - span.start
      const from = Math.max(start - at, 0)
      const to = Math.min(end - at, length)
      if (from < to) pieces.push({ start: span.start + from, end: span.start + to })
      at += length
      if (at >= end) break
    }
    return pieces
  }
  return { text, piecesOf }
}
