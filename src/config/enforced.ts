import { GatewayError } from '../base/errors.ts'
import { isSameSetting } from './merge.ts'
import type { Setting } from './setting.ts'
import { settingName } from './setting.ts'

/**
 * Refuses what asks for another value than the machine file enforces; lower files are just shadowed by it.
 * @param given flags and variables
 * @throws GatewayError CONFIG_ENFORCED
 */
export function refuseEnforced(enforced: readonly Setting[], given: readonly Setting[]): void {
  for (const setting of given) {
    const fixed = enforced.find((candidate) => isSameSetting(candidate, setting))
    if (!fixed || fixed.value === setting.value) continue
    throw new GatewayError('CONFIG_ENFORCED', {
      origin: setting.origin,
      key: settingName(fixed),
      file: fixed.origin,
    })
  }
}
