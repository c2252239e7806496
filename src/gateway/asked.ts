import { peek } from '../json/peek.ts'
import type { Span } from '../json/scanner.ts'

/** The members of a request's JSON body that stand in its record, or that policies ask for. */
export interface Asked {
  readonly model?: string
  /** Where its name stands, with the quotes. */
  readonly modelSpan?: Span
  readonly stream?: boolean
  readonly maxTokens?: number
}

/** Looks them up in the bytes. A body that is no JSON object tells nothing. */
export function readAsked(body: Buffer): Asked {
  const { model, stream, max_tokens } = peek(body, ['model', 'stream', 'max_tokens']) ?? {}
  return {
    ...(typeof model?.value === 'string' && { model: model.value, modelSpan: model }),
    ...(typeof stream?.value === 'boolean' && { stream: stream.value }),
    ...(typeof max_tokens?.value === 'number' && { maxTokens: max_tokens.value }),
  }
}
