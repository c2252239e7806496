/** What was found in a request. */
interface Remembered {
  /** Must not change. */
  readonly body: Buffer
  /** How many objects it consists of, about. */
  readonly itemCount: number
}

const MAX_BYTES = 64 * 1024 ** 2
/** Two conversations of a session, such as the main one and that of its title, differ in what they begin with. */
const BEGINNING_BYTES = 256
const BYTES_PER_ITEM = 150

/** Remembers the last scan of each conversation, as many as fit; the one that was not used for longest goes first. */
export class ScanMemory<Scan extends Remembered> {
  readonly #maxBytes: number
  readonly #scans = new Map<string, { readonly scan: Scan; readonly bytes: number }>()
  #bytes = 0

  constructor(maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes
  }

  /** How much is remembered, roughly. */
  get bytes(): number {
    return this.#bytes
  }

  /** @param owner whose conversation it is: its session and agent */
  recall(owner: string, body: Buffer): Scan | undefined {
    return this.#scans.get(keyOf(owner, body))?.scan
  }

  keep(owner: string, scan: Scan): void {
    const key = keyOf(owner, scan.body)
    this.#forget(key)
    const bytes = sizeOf(scan)
    if (bytes > this.#maxBytes) return
    this.#scans.set(key, { scan, bytes })
    this.#bytes += bytes
    for (const oldest of this.#scans.keys()) {
      if (this.#bytes <= this.#maxBytes) return
      this.#forget(oldest)
    }
  }

  #forget(key: string): void {
    this.#bytes -= this.#scans.get(key)?.bytes ?? 0
    this.#scans.delete(key)
  }
}

function keyOf(owner: string, body: Buffer): string {
  return `${owner} ${body.toString('latin1', 0, BEGINNING_BYTES)}`
}

function sizeOf({ body, itemCount }: Remembered): number {
  return body.length + itemCount * BYTES_PER_ITEM
}
