import { clientSecrets } from './client-secrets.ts'
import type { ExchangeFacts } from './exchange-facts.ts'

/** Replaced credentials are remembered this far back; each one more costs time at every record. */
const REMEMBERED = 16

/** What must not be written of the exchanges of one gateway. */
export class KnownSecrets {
  readonly #local: string
  #values: readonly string[]

  /** @param local the secret by which clients are let in */
  constructor(local: string) {
    this.#local = local
    this.#values = [local]
  }

  /** All that this exchange was given or brought along, and what those before it were given. */
  of({ supplies, rawHeaders, target }: ExchangeFacts): readonly string[] {
    const given = supplies.flatMap(({ secrets }) => secrets.map(({ value }) => value))
    for (const value of given) this.#remember(value)
    const others = [...given, ...clientSecrets(rawHeaders, target)].filter(
      (one) => !this.#values.includes(one),
    )
    return others.length === 0 ? this.#values : [...this.#values, ...others]
  }

  #remember(value: string): void {
    if (this.#values.includes(value)) return
    const [, ...earlier] = this.#values
    this.#values = [this.#local, ...[...earlier, value].slice(-REMEMBERED)]
  }
}
