import { hostname } from 'node:os'
import type { Config } from '../config/config.ts'
import { LimitFault, limitError, parseLimits } from '../config/limit-parser.ts'
import type { LimitSettings } from '../config/limit-rule.ts'
import { ledgerDirectory } from '../config/paths.ts'
import type { Identity } from '../gateway/record.ts'
import type { OpenPolicies, PolicySettings } from '../policies/index.ts'
import type { MaskAction } from '../policies/mask/masking.ts'
import type { PriceTable } from '../usage/price-table.ts'
import { priceOf } from '../usage/pricing.ts'
import { openAnswerRules } from './answer-rules.ts'
import type { Context } from './context.ts'
import { isAlive } from './is-alive.ts'
import { openDetectors } from './mask-rules.ts'
import { openPatterns } from './redaction.ts'
import type { Secrets } from './secrets.ts'

export interface PoliciesInput {
  readonly identity: Identity
  readonly prices: PriceTable
  readonly secrets: Pick<Secrets, 'storePassword' | 'tls'>
  readonly onTrouble: (reason: string) => void
}

const MASK_ACTIONS: Readonly<Record<Config['values']['policies.mask.mode'], MaskAction>> = {
  reversible: 'mask',
  irreversible: 'irreversible',
  flag: 'flag',
  deny: 'deny',
}

/**
 * The policies that the configuration turns on; undefined, and nothing of theirs loaded, where it turns on none.
 * @throws GatewayError of the configuration, LIMIT_STORE_UNUSABLE, MASK_KEY_UNUSABLE
 */
export async function openConfiguredPolicies(
  context: Context,
  config: Config,
  input: PoliciesInput,
): Promise<OpenPolicies | undefined> {
  const guard = await guardSettings(config)
  const mask = await maskSettings(context, config)
  const answer = await answerSettings(config)
  const limits = await limitSettings(context, config, input)
  const systemText = config.values['policies.system.append'] || undefined
  if (!guard && !mask && !answer && !limits && systemText === undefined) return undefined
  const { openPolicies } = await import('../policies/index.ts')
  return openPolicies({ guard, systemText, mask, answer, limits })
}

async function guardSettings({ values, origins }: Config): Promise<PolicySettings['guard']> {
  const open = (key: 'policies.guard.deny' | 'policies.guard.flag') =>
    openPatterns(values[key], key, origins[key])
  const [deny, flag] = await Promise.all([open('policies.guard.deny'), open('policies.guard.flag')])
  const models = values['policies.guard.models']
  const tools = values['policies.guard.tools']
  return [deny, flag, models, tools].some((list) => list.length > 0)
    ? { deny, flag, models, tools }
    : undefined
}

async function maskSettings(context: Context, { values, origins }: Config): Promise<PolicySettings['mask']> {
  const detectors = await openDetectors(values['policies.mask.detect'], origins['policies.mask.detect'])
  if (detectors.length === 0) return undefined
  const { machineKey } = await import('../policies/mask/machine-key.ts')
  const action = MASK_ACTIONS[values['policies.mask.mode']]
  return {
    rules: detectors.map((detector) => ({ detector, action })),
    key: machineKey(context.stateDirectory()),
    onError: values['policies.mask.onError'],
  }
}

async function answerSettings({ values, origins }: Config): Promise<PolicySettings['answer']> {
  const key = 'policies.answer.detect'
  const rules = await openAnswerRules(values[key], values['policies.answer.mode'], origins[key])
  return rules.length > 0 ? { rules } : undefined
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
    priceOf: (purchase) => {
      const price = priceOf(prices, { ...purchase, isFinal: true })
      return 'reason' in price ? undefined : price.costUsd
    },
    store: await openStore(settings, secrets),
    onStoreError: settings.onStoreError,
    onTrouble,
    party: { profile, user, project: tags['project'] },
  }
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
    if (error instanceof LimitFault) throw limitError(error, origins['policies.limits.storeCredential'])
    throw error
  }
}

async function openStore({ store }: LimitSettings, { storePassword, tls }: PoliciesInput['secrets']) {
  if (store === undefined) return undefined
  const { openTeamStore } = await import('../policies/limits/team-store.ts')
  const password = await storePassword()
  const { ca } = tls
  return openTeamStore({ url: store, password, ...(ca && { tls: { ca: [...ca] } }) })
}
