import type { Context } from '../context.ts'
import { openPatternDetectors } from '../policies/detect-rules.ts'
import { openPatterns } from '../policies/redaction.ts'
import type { PoliciesTrial } from '../session/trial-policies.ts'
import { openTrialPolicies } from '../session/trial-policies.ts'

/** Opens what a run of this configuration opens for policies, and closes it; what no list names yet, too. @throws GatewayError */
export async function tryPolicies(context: Context, trial: PoliciesTrial): Promise<void> {
  const { values, origins } = trial.config
  await openPatterns(values['log.redact'], 'log.redact', origins['log.redact'])
  await openPatternDetectors(trial.config)
  const policies = await openTrialPolicies(context, trial, () => {})
  await policies?.list.close()
}
