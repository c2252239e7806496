import type { ServerResponse } from 'node:http'

/** Since when a gateway has had nothing to do. */
export class Activity {
  #openCount = 0
  #lastMs = performance.now()

  /** How many responses are open. */
  get openCount(): number {
    return this.#openCount
  }

  /** Takes a response for work until its end, whole or not. */
  watch(response: ServerResponse): void {
    this.#openCount += 1
    response.once('close', () => {
      this.#openCount -= 1
      this.#lastMs = performance.now()
    })
  }

  /** Milliseconds since the last work ended; 0 while there is some. */
  idleMs(): number {
    return this.#openCount > 0 ? 0 : performance.now() - this.#lastMs
  }
}
