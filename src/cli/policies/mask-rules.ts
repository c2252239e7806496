import type { Config } from '../../config/config.ts'
import type { MaskAction, MaskRule } from '../../policies/mask/masking.ts'
import { openDetectRules } from './detect-rules.ts'

const KEY = 'policies.mask.detect'

const ACTIONS: readonly MaskAction[] = ['mask', 'irreversible', 'flag', 'deny']
const ACTION_OF: Readonly<Record<Config['values']['policies.mask.mode'], MaskAction>> = {
  reversible: 'mask',
  irreversible: 'irreversible',
  flag: 'flag',
  deny: 'deny',
}

/** What requests are looked through for, and what is done with it. @throws GatewayError CONFIG_BAD_VALUE */
export function openMaskRules(config: Pick<Config, 'values' | 'origins'>): Promise<readonly MaskRule[]> {
  const usualAction = ACTION_OF[config.values['policies.mask.mode']]
  return openDetectRules({ key: KEY, actions: ACTIONS, usualAction }, config)
}
