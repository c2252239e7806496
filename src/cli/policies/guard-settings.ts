import type { Config } from '../../config/config.ts'
import { quoted } from '../../config/value-error.ts'
import type { GuardKey } from '../../policies/guard/denial.ts'
import type { GuardSettings } from '../../policies/guard/guard-settings.ts'
import type { GuardPattern } from '../../policies/guard/pattern-sights.ts'
import { openPatterns } from './redaction.ts'
import { rulePlace } from './rule-place.ts'

/**
 * What the guard is to look at; undefined where that is nothing.
 * @param isTrial whether somebody wants to see what each pattern finds
 * @throws GatewayError CONFIG_BAD_VALUE
 */
export async function guardSettings(config: Config, isTrial = false): Promise<GuardSettings | undefined> {
  const { values, origins } = config
  const open = (key: 'policies.guard.deny' | 'policies.guard.flag') =>
    openPatterns(values[key], key, origins[key])
  const [deny, flag] = await Promise.all([open('policies.guard.deny'), open('policies.guard.flag')])
  const lists = {
    paths: values['policies.guard.paths'],
    models: values['policies.guard.models'],
    tools: values['policies.guard.tools'],
    requiredTools: values['policies.guard.requiredTools'],
    deny,
    flag,
  }
  const maxBytes = values['policies.guard.maxBytes']
  if (maxBytes === undefined && Object.values(lists).every((list) => list.length === 0)) return undefined
  return {
    ...lists,
    maxBytes,
    onError: values['policies.guard.onError'],
    patterns: isTrial ? await eachPattern(config) : undefined,
    placeOf: (key: GuardKey) => rulePlace(config, `policies.guard.${key}`),
  }
}

async function eachPattern({ values, origins }: Config): Promise<readonly GuardPattern[]> {
  const patterns = (['deny', 'flag'] as const).flatMap((action) =>
    values[`policies.guard.${action}`].map((pattern) => ({ action, pattern })),
  )
  const opened = patterns.map(async ({ action, pattern }) => {
    const key = `policies.guard.${action}` as const
    const finders = await openPatterns([pattern], key, origins[key])
    return finders.map((finder) => ({ action, shown: quoted(pattern), finder }))
  })
  return (await Promise.all(opened)).flat()
}
