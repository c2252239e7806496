/** Keeps the values of a label few: each series costs memory here and in what scrapes it. */
export class LabelValues {
  readonly #most: number
  readonly #known = new Set<string>()

  /** @param most how many values are told apart; others are called `other` */
  constructor(most: number) {
    this.#most = most
  }

  of(value: string): string {
    if (this.#known.has(value)) return value
    if (this.#known.size >= this.#most) return 'other'
    this.#known.add(value)
    return value
  }
}

const ROUTES: readonly (readonly [route: string, path: RegExp])[] = [
  ['messages', /\/v1\/messages\/?$/],
  ['count_tokens', /\/v1\/messages\/count_tokens\/?$/],
  ['batches', /\/v1\/messages\/batches(\/|$)/],
  ['models', /\/v1\/models(\/|$)/],
  ['files', /\/v1\/files(\/|$)/],
]

/** What a path is for. */
export function routeOf(path: string): string {
  return ROUTES.find(([, pattern]) => pattern.test(path))?.[0] ?? 'other'
}

const METHODS = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']

export function methodOf(method: string): string {
  return METHODS.includes(method) ? method : 'other'
}
