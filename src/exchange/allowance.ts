const TOO_LONG = 'a pattern would take too long on it'

/**
 * What searches may take, one after the other: so much at most, and what they spend comes back with the bytes they look
 * at. So a text in many pieces gets no more than a whole one.
 */
export class Allowance {
  readonly #most: number
  readonly #perByte: number
  #left: number

  constructor({ most, perByte }: { readonly most: number; readonly perByte: number }) {
    this.#most = most
    this.#perByte = perByte
    this.#left = most
  }

  /** @param bytes what is about to be looked at */
  earn(bytes: number): void {
    this.#left = Math.min(this.#left, this.#most) + bytes * this.#perByte
  }

  /** @throws RangeError where nothing is left; the next search begins anew */
  spend(amount: number): void {
    this.#left -= amount
    if (this.#left >= 0) return
    this.#left = this.#most
    throw new RangeError(TOO_LONG)
  }
}
