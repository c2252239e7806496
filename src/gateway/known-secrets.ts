import { clientSecrets } from './client-secrets.ts'
import type { ExchangeFacts } from './exchange-facts.ts'

type Seen = Pick<ExchangeFacts, 'supplies' | 'rawHeaders' | 'target'>

/** Replaced credentials are remembered this far back; each one more costs time at every record. */
const REMEMBERED = 4

/** What must not be written of the exchanges of one gateway. */
export class KnownSecrets {
  readonly #local: string
  readonly #way: ReadonlySet<string>
  #given: readonly string[] = []
  #values: readonly string[] = []

  /** @param local the secret by which clients are let in @param way those by which the upstream is reached, as they get known */
  constructor(local: string, way: ReadonlySet<string> = new Set()) {
    this.#local = local
    this.#way = way
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
    const known = this.#known()
    const others = all.filter((value) => !known.includes(value))
    return others.length === 0 ? known : [...known, ...others]
  }

  #remember(value: string): void {
    if (!this.#given.includes(value)) this.#given = [...this.#given, value].slice(-REMEMBERED)
  }

  /** The same list as long as nothing changes. */
  #known(): readonly string[] {
    const values = [...new Set([this.#local, ...this.#way, ...this.#given])]
    const isSame =
      values.length === this.#values.length && values.every((value, i) => value === this.#values[i])
    if (!isSame) this.#values = values
    return this.#values
  }
}
