/** What a text may name in braces. */
export const TEXT_VARIABLES = ['repository', 'branch', 'user', 'date'] as const
export type TextVariable = (typeof TEXT_VARIABLES)[number]
export type TextValues = Readonly<Record<TextVariable, string>>

/** `{branch}` is a variable; a brace itself is written twice. */
const PIECE = /\{\{|\}\}|\{[^{}]*\}|[{}]/g

/** The first piece of a text that is neither a variable nor a brace written twice; undefined where there is none. */
export function unknownPiece(text: string): string | undefined {
  return text.match(PIECE)?.find((piece) => !isBrace(piece) && !isVariable(piece))
}

/** What a text says. @param valuesOf asked only where the text names one */
export function fillText(text: string, valuesOf: () => TextValues): string {
  return text.replace(PIECE, (piece) => {
    if (isBrace(piece)) return piece.charAt(0)
    return isVariable(piece) ? valuesOf()[nameIn(piece)] : piece
  })
}

/** A text that says just that, whatever braces are in it. */
export function literalText(text: string): string {
  return text.replace(/[{}]/g, '$&$&')
}

function isBrace(piece: string): boolean {
  return piece === '{{' || piece === '}}'
}

function isVariable(piece: string): boolean {
  return TEXT_VARIABLES.includes(nameIn(piece))
}

function nameIn(piece: string): TextVariable {
  return piece.slice(1, -1) as TextVariable
}
