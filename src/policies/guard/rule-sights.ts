import type { PolicyRequest, RuleSight } from '../policy.ts'
import type { Denial } from './denial.ts'
import { Unreadable } from './denial.ts'
import type { GuardSettings } from './guard-settings.ts'
import { pathDenial } from './path-rule.ts'
import { modelDenial, sizeDenial } from './request-rules.ts'
import { toolDenial } from './tool-rules.ts'

/** Whether each rule that is set would refuse a request, of those that look for no text in it. */
export function ruleSights(request: PolicyRequest, settings: GuardSettings): readonly RuleSight[] {
  const { paths, maxBytes, models, tools, requiredTools } = settings
  const { path, body, isEncoded } = request
  const sight = (rule: string, isSet: boolean, judge: () => Denial | undefined): RuleSight[] =>
    isSet ? [{ rule, action: 'deny', spans: [], count: countOf(judge) }] : []
  const ofHead = [
    ...sight('guard.paths', paths.length > 0, () => pathDenial(path, paths)),
    ...sight('guard.size', maxBytes !== undefined, () => sizeDenial(request, settings)),
  ]
  if (isEncoded) return ofHead
  return [
    ...ofHead,
    ...sight('guard.models', models.length > 0, () => modelDenial(request, settings)),
    ...sight('guard.tools', tools.length > 0, () => toolDenial(body, { tools, requiredTools: [] })),
    ...sight('guard.required-tools', requiredTools.length > 0, () =>
      toolDenial(body, { tools: [], requiredTools }),
    ),
  ]
}

/** What cannot be read is told by the outcome. */
function countOf(judge: () => Denial | undefined): number {
  try {
    return judge() ? 1 : 0
  } catch (error) {
    if (error instanceof Unreadable) return 0
    throw error
  }
}
