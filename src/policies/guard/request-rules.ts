import { shownName } from '../../config/shown-name.ts'
import { peek } from '../../json/peek.ts'
import type { PolicyRequest } from '../policy.ts'
import type { Denial } from './denial.ts'
import { notJson } from './denial.ts'
import type { GuardSettings } from './guard-settings.ts'
import { isAllowed } from './name-list.ts'

/** What is wrong with the size of a request. */
export function sizeDenial(
  { body }: PolicyRequest,
  { maxBytes }: Pick<GuardSettings, 'maxBytes'>,
): Denial | undefined {
  if (maxBytes === undefined || body.length <= maxBytes) return undefined
  return {
    rule: 'guard.size',
    key: 'maxBytes',
    reason: `has ${body.length} bytes, and ${maxBytes} are allowed`,
    help: 'make the conversation shorter with `/compact` or `/clear`',
  }
}

/** What is wrong with the model that a request asks for. @throws Unreadable */
export function modelDenial(
  { body, model }: PolicyRequest,
  { models }: Pick<GuardSettings, 'models'>,
): Denial | undefined {
  if (models.length > 0 && model === undefined && !peek(body, [])) throw notJson()
  if (isAllowed(model ?? '', models)) return undefined
  return {
    rule: 'guard.models',
    key: 'models',
    reason: `asks for the model \`${shownName(model ?? '')}\`, which is not allowed here`,
    help: 'choose another model with `/model`',
  }
}
