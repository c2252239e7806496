import type { Config } from '../../config/config.ts'
import type { Check, Finding } from '../check.ts'
import { failed, ok } from '../check.ts'
import type { Fact } from '../fact.ts'
import { given } from '../fact.ts'

export interface PoliciesFacts {
  readonly config: Fact<Config>
  /** Opens them as a run would, and closes them. @throws GatewayError where a run would end with it */
  readonly tryOut: Fact<() => Promise<void>>
}

/** Whether policies, patterns and prices are what a run can use: names of detectors, patterns, files, stores. */
export function policiesCheck({ config, tryOut }: PoliciesFacts): Check {
  return {
    id: 'policies',
    title: 'policies, patterns and prices can be used',
    cost: 'nothing',
    run: () =>
      given(config, 'config', ({ entries }) =>
        given(tryOut, 'key', (open) => judge(open, settingsIn(entries))),
      ),
  }
}

async function judge(tryOut: () => Promise<void>, settings: readonly string[]): Promise<Finding> {
  try {
    await tryOut()
    return ok(settings.length === 0 ? 'none is set' : `set: ${settings.join(', ')}`)
  } catch (error) {
    return failed(error)
  }
}

/** The names alone. */
function settingsIn(entries: Config['entries']): string[] {
  const isOne = (key: string) => key.startsWith('policies.') || key === 'prices' || key === 'log.redact'
  return entries.filter(({ key, origin }) => isOne(key) && origin !== 'default').map(({ name }) => name)
}
