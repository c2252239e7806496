import { clientSecrets } from './client-secrets.ts'
import type { ExchangeFacts } from './exchange-facts.ts'

type Seen = Pick<ExchangeFacts, 'supplies' | 'rawHeaders' | 'target'>

/** Replaced credentials are remembered this far back; each one more costs time at every record. */
const REMEMBERED = 4

/** What must not be written of the exchanges of one gateway. */
export class KnownSecrets {
  readonly #local: string
  #values: readonly string[]

  /** @param local the secret by which clients are let in */
  constructor(local: string) {
    this.#local = local
    this.#values = [local]
  }

  /**
   * All that this exchange was given or brought along, extra headers with the name of a secret among it, and what those
   * before it were given.
   */
  of({ supplies, rawHeaders, target }: Seen): readonly string[] {
    const given = supplies.flatMap(({ secrets }) => secrets.map(({ value }) => value))
    for (const value of given) this.#remember(value)
    const literal = supplies.flatMap(({ headers }) => Object.entries(headers).flat())
    const all = [...given, ...clientSecrets([...rawHeaders, ...literal], target)]
    const others = all.filter((value) => !this.#values.includes(value))
    return others.length === 0 ? this.#values : [...this.#values, ...others]
  }

  #remember(value: string): void {
    if (this.#values.includes(value)) return
    const [, ...earlier] = this.#values
    this.#values = [this.#local, ...[...earlier, value].slice(-REMEMBERED)]
  }
}
