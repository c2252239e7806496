import type { Config } from '../config/config.ts'
import { badValue, quoted } from '../config/value-error.ts'
import type { AnswerAction, AnswerRule } from '../policies/answer/answer-rule.ts'

const KEY = 'policies.answer.detect'
const ALL = 'all'
const ACTIONS: readonly AnswerAction[] = ['flag', 'mask', 'deny']

/**
 * The rules of entries such as `all`, `email` and `jwt:deny`; a detector that is named itself has the action that stands
 * there, whatever stands at `all`. Nothing is loaded where there are no entries.
 * @throws GatewayError CONFIG_BAD_VALUE
 */
export async function openAnswerRules(
  entries: readonly string[],
  mode: Config['values']['policies.answer.mode'],
  origin: string,
): Promise<readonly AnswerRule[]> {
  if (entries.length === 0) return []
  const { DETECTORS, USUAL_DETECTORS } = await import('../policies/detect/detectors.ts')
  const known = [ALL, ...DETECTORS.map(({ name }) => name)]
  const actions = new Map<string, AnswerAction>()
  for (const entry of entries) {
    const [name = '', action = mode, ...rest] = entry.split(':')
    if (!known.includes(name) || !isAction(action) || rest.length > 0)
      throw badValue(
        origin,
        KEY,
        `of ${listed(known)}, each with ${listed(ACTIONS, ':')} or without`,
        quoted(entry),
      )
    actions.set(name, action)
  }
  // In the order of the list: what stands first counts where two find the same.
  return DETECTORS.flatMap((detector) => {
    const own = actions.get(detector.name)
    const action = own ?? (USUAL_DETECTORS.includes(detector) ? actions.get(ALL) : undefined)
    return action ? [{ detector, action }] : []
  })
}

function isAction(word: string): word is AnswerAction {
  return ACTIONS.some((action) => action === word)
}

function listed(words: readonly string[], before = ''): string {
  return words.map((word) => `\`${before}${word}\``).join(', ')
}
