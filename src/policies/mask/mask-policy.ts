import { GatewayError } from '../../base/errors.ts'
import type { Outcome, Policy, PolicyRequest } from '../policy.ts'
import { NO_OUTCOME } from '../policy.ts'
import { maskSights } from './mask-sights.ts'
import type { MaskCount, MaskedRequest, Masking, MaskRule } from './masking.ts'
import { createRestoring } from './restoring.ts'

export interface MaskPolicyOptions {
  readonly masking: Masking
  /** Those of the masking. */
  readonly rules: readonly MaskRule[]
  /** Whether a body that cannot be looked through is sent all the same. */
  readonly onError: 'open' | 'closed'
  /** Names the key that says what is refused, the place where it stands, and who can change it. */
  readonly place?: string
}

const USUAL_PLACE = '`policies.mask.detect`'

/** Looks through requests, masks what is to be masked in them, and restores it in their answers. */
export function maskPolicy({ masking, rules, onError, place = USUAL_PLACE }: MaskPolicyOptions): Policy {
  return {
    apply: (request) => {
      const masked = lookThrough(masking, request)
      if (masked instanceof GatewayError)
        return onError === 'open' ? unread('flag') : { ...unread('deny'), rejection: masked }
      return masked ? outcomeOf(masked, place) : NO_OUTCOME
    },
    explain: (request) => {
      const masked = lookThrough(masking, request)
      return !masked || masked instanceof GatewayError ? [] : maskSights(request.body, rules, masked)
    },
  }
}

function lookThrough(masking: Masking, request: PolicyRequest): MaskedRequest | GatewayError | undefined {
  const { body, isEncoded, session = '', agent = '' } = request
  if (body.length === 0) return undefined
  if (isEncoded) return new GatewayError('MASK_UNREADABLE', { reason: 'it is compressed' })
  try {
    return masking(body, `${session} ${agent}`)
  } catch (error) {
    if (error instanceof SyntaxError)
      return new GatewayError('MASK_UNREADABLE', { reason: 'it is no JSON object' })
    if (error instanceof RangeError)
      return new GatewayError('MASK_UNREADABLE', {
        reason: 'a pattern of policies.patterns would take too long',
      })
    // Its text could repeat what it looked at.
    return new GatewayError('MASK_UNREADABLE', { reason: 'the search failed' })
  }
}

function unread(action: 'flag' | 'deny'): Outcome {
  return { decisions: [{ rule: 'mask.unreadable', action, count: 1 }] }
}

function outcomeOf({ counts, edits, values }: MaskedRequest, place: string): Outcome {
  const decisions = counts.map(({ rule, action, count }) => ({
    rule: `mask.${rule}`,
    action: action === 'irreversible' ? ('mask' as const) : action,
    count,
  }))
  const denied = counts.filter(({ action }) => action === 'deny')
  if (denied.length > 0) return { decisions, rejection: denial(denied, place) }
  return { decisions, edits, ...(values.size > 0 && { answer: createRestoring(values) }) }
}

function denial(counts: readonly MaskCount[], place: string): GatewayError {
  const found = counts.map(({ rule, count }) => `${count} × ${rule}`).join(', ')
  return new GatewayError('MASK_DENIED', { found, place })
}
