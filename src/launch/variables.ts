import type { Environment } from '../claude/environment.ts'

/** Environment variables that can be changed, with names that are case-insensitive on Windows. */
export class Variables {
  readonly #values: Map<string, string>
  readonly #isCaseInsensitive: boolean

  constructor(env: Environment, platform: NodeJS.Platform) {
    this.#isCaseInsensitive = platform === 'win32'
    const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)
    this.#values = new Map(set)
  }

  get(name: string): string | undefined {
    return this.#values.get(this.#existing(name))
  }

  set(name: string, value: string): void {
    this.#values.set(this.#existing(name), value)
  }

  delete(name: string): void {
    this.#values.delete(this.#existing(name))
  }

  toObject(): Record<string, string> {
    return Object.fromEntries(this.#values)
  }

  /** The name as it is spelt in this environment, if it is there. */
  #existing(name: string): string {
    if (!this.#isCaseInsensitive || this.#values.has(name)) return name
    return [...this.#values.keys()].find((key) => key.toUpperCase() === name.toUpperCase()) ?? name
  }
}
