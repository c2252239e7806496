import { contentStart } from '../../json/scanner.ts'
import type { Edit } from '../../json/splice.ts'
import { splice } from '../../json/splice.ts'
import type { AnswerTransform } from '../answer-transform.ts'
import { readMessage } from './message-texts.ts'
import type { PlaceholderSearch } from './placeholder-search.ts'
import { plainly, restoreText } from './text-restorer.ts'

/** Restores a message that is answered as one JSON object, when all of it is there. */
export class JsonRestorer implements AnswerTransform {
  readonly #search: PlaceholderSearch
  readonly #chunks: Buffer[] = []

  constructor(search: PlaceholderSearch) {
    this.#search = search
  }

  push(chunk: Buffer): Buffer {
    this.#chunks.push(chunk)
    return Buffer.alloc(0)
  }

  end(): Buffer {
    const body = Buffer.concat(this.#chunks.splice(0))
    try {
      return Buffer.concat(splice([body], this.#edits(body)))
    } catch {
      // A body that broke off or is no JSON is none of ours: it stays as it came.
      return body
    }
  }

  #edits(body: Buffer): Edit[] {
    const edits: Edit[] = []
    readMessage(body, contentStart(body), ({ start, end }) => {
      const raw = body.subarray(start + 1, end - 1)
      const { ready } = restoreText(raw, this.#search, plainly, true)
      if (!ready.equals(raw)) edits.push({ start: start + 1, end: end - 1, bytes: ready })
    })
    return edits
  }
}
