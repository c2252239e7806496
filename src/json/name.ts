import type { Span } from './scanner.ts'

/** The text of a short string, with its quotes at the ends of the span, such as the name of a member. */
export function nameAt(text: Buffer, { start, end }: Span): string {
  const name = text.toString('latin1', start + 1, end - 1)
  return name.includes('\\') ? (JSON.parse(`"${name}"`) as string) : name
}
