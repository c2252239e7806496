import type { PolicyDecision } from '../../exchange/exchange.ts'
import type { AnswerAction } from './answer-rule.ts'

const PREFIX = 'answer.'

/** How often each rule applied to one answer. */
export class AnswerCounts {
  readonly #decisions = new Map<string, PolicyDecision>()

  add(rule: string, action: AnswerAction): void {
    const key = `${rule} ${action}`
    const count = (this.#decisions.get(key)?.count ?? 0) + 1
    this.#decisions.set(key, { rule: PREFIX + rule, action, count })
  }

  /** In the order in which they first applied. */
  decisions(): PolicyDecision[] {
    return [...this.#decisions.values()]
  }
}
