import type { Config } from '../../config/config.ts'
import type { AnswerAction, AnswerRule } from '../../policies/answer/answer-rule.ts'
import { openDetectRules } from './detect-rules.ts'

const KEY = 'policies.answer.detect'
const ACTIONS: readonly AnswerAction[] = ['flag', 'mask', 'deny']

/** What answers are looked through for, and what is done with it. @throws GatewayError CONFIG_BAD_VALUE */
export function openAnswerRules(config: Pick<Config, 'values' | 'origins'>): Promise<readonly AnswerRule[]> {
  const usualAction = config.values['policies.answer.mode']
  return openDetectRules({ key: KEY, actions: ACTIONS, usualAction }, config)
}
