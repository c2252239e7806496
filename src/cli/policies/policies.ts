import { hostname } from 'node:os'
import type { Config } from '../../config/config.ts'
import { limitError, parseLimits } from '../../config/limit-parser.ts'
import type { LimitSettings } from '../../config/limit-rule.ts'
import { ledgerDirectory } from '../../config/paths.ts'
import { RuleFault } from '../../config/rule-fields.ts'
import type { OpenPolicies, PolicySettings } from '../../policies/index.ts'
import type { LimitPrices } from '../../policies/limits/ledger-line.ts'
import type { PriceTable } from '../../usage/price-table.ts'
import { digestOf } from '../../usage/price-table.ts'
import { priceOf } from '../../usage/pricing.ts'
import type { Context } from '../context.ts'
import { openAnswerRules } from './answer-rules.ts'
import { decoratorSettings } from './decorators.ts'
import { guardSettings } from './guard-settings.ts'
import { isAlive } from './is-alive.ts'
import { openMaskRules } from './mask-rules.ts'
import type { PoliciesInput } from './policies-input.ts'
import { rulePlace } from './rule-place.ts'

/**
 * The policies that the configuration turns on; undefined, and nothing of theirs loaded, where it turns on none.
 * @throws GatewayError of the configuration, LIMIT_STORE_UNUSABLE, MASK_KEY_UNUSABLE
 */
export async function openConfiguredPolicies(
  context: Context,
  config: Config,
  input: PoliciesInput,
): Promise<OpenPolicies | undefined> {
  const guard = await guardSettings(config, input.isTrial)
  const mask = await maskSettings(context, config, input.isTrial)
  const answer = await answerSettings(config)
  const decorators = decoratorSettings(context, config, input)
  // The last one, since it may open a connection.
  const limits = await limitSettings(context, config, input)
  if (!guard && !decorators && !mask && !answer && !limits) return undefined
  const { openPolicies } = await import('../../policies/index.ts')
  return openPolicies({ guard, decorators, mask, answer, limits })
}

async function maskSettings(
  context: Context,
  config: Config,
  isTrial = false,
): Promise<PolicySettings['mask']> {
  const rules = await openMaskRules(config)
  if (rules.length === 0) return undefined
  const isDenyUsual = config.values['policies.mask.mode'] === 'deny'
  const { machineKey, trialKey } = await import('../../policies/mask/machine-key.ts')
  return {
    rules,
    key: (isTrial ? trialKey : machineKey)(context.stateDirectory()),
    onError: config.values['policies.mask.onError'],
    place: rulePlace(config, isDenyUsual ? 'policies.mask.mode' : 'policies.mask.detect'),
  }
}

async function answerSettings(config: Config): Promise<PolicySettings['answer']> {
  const rules = await openAnswerRules(config)
  return rules.length > 0 ? { rules, maxMatchBytes: config.values['policies.maxMatch'] } : undefined
}

async function limitSettings(
  context: Context,
  config: Config,
  { identity, prices, secrets, onTrouble }: PoliciesInput,
): Promise<PolicySettings['limits']> {
  const settings = readLimits(config)
  if (settings.rules.length === 0) return undefined
  const { runId, profile, user, tags } = identity
  return {
    rules: settings.rules,
    ledgerDirectory: ledgerDirectory(context.stateDirectory()),
    self: { pid: process.pid, host: hostname(), runId },
    isAlive,
    prices: limitPrices(prices),
    store: await openStore(settings, secrets),
    onStoreError: settings.onStoreError,
    onTrouble,
    party: { profile, user, project: tags['project'] },
  }
}

function limitPrices(table: PriceTable): LimitPrices {
  const of: LimitPrices['of'] = (purchase) => {
    const price = priceOf(table, { ...purchase, isFinal: true })
    return 'reason' in price ? undefined : price.costUsd
  }
  return { of, digest: digestOf(table) }
}

/** @throws GatewayError CONFIG_BAD_VALUE */
function readLimits({ values, origins }: Config): LimitSettings {
  const store = values['policies.limits.store']
  const storeCredential = values['policies.limits.storeCredential']
  try {
    return parseLimits({
      rules: values['policies.limits.rules'],
      ...(store && { store }),
      ...(storeCredential && { storeCredential }),
      onStoreError: values['policies.limits.onStoreError'],
    })
  } catch (error) {
    if (error instanceof RuleFault) throw limitError(error, origins['policies.limits.storeCredential'])
    throw error
  }
}

async function openStore({ store }: LimitSettings, { storePassword, tls }: PoliciesInput['secrets']) {
  if (store === undefined) return undefined
  const { openTeamStore } = await import('../../policies/limits/team-store.ts')
  const password = await storePassword()
  return openTeamStore({ url: store, password, tls })
}
