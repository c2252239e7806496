import type { JsonObject } from '../json/object.ts'
import { peek } from '../json/peek.ts'
import type { Span } from '../json/scanner.ts'
import type { BodyReader } from './body-reader.ts'
import type { Findings } from './fold.ts'
import { foldBody, NOTHING_FOUND } from './fold.ts'
import { GrowingBuffer } from './growing-buffer.ts'

const MAX_BODY_BYTES = 8 * 1024 ** 2

/** The members that say what an answer was, and none of its content but a completion's. */
const MEMBERS = ['type', 'model', 'usage', 'stop_reason', 'error', 'choices'] as const

/** Keeps a copy of a JSON answer and looks into it when it is whole; only the members above are parsed. */
export class JsonBody implements BodyReader {
  readonly isStream = false
  readonly firstContentAtMs = undefined
  findings: Findings = NOTHING_FOUND
  readonly #bytes = new GrowingBuffer()

  push(bytes: Buffer): void {
    if (this.#bytes.length + bytes.length > MAX_BODY_BYTES) {
      throw new Error(`the answer is over ${MAX_BODY_BYTES} bytes`)
    }
    this.#bytes.append(bytes)
  }

  end(): void {
    this.findings = foldBody(parseMembers(this.#bytes.view()))
  }

  /** Counts of tokens, lists of models and errors have no usage. */
  get missingReason(): string | undefined {
    return this.findings.api && !this.findings.error ? 'the answer has no usage' : undefined
  }
}

function parseMembers(body: Buffer): JsonObject {
  const found = peek(body, MEMBERS)
  if (!found) throw new Error('the answer is not a whole JSON object')
  const members = Object.entries(found).map(([name, span]) => [name, parseSpan(body, span)])
  return Object.fromEntries(members)
}

/** The error leaves out what JSON.parse says, since that quotes the text. */
function parseSpan(body: Buffer, { start, end }: Span): unknown {
  try {
    return JSON.parse(body.toString('utf8', start, end))
  } catch {
    throw new Error('the answer is not valid JSON')
  }
}
