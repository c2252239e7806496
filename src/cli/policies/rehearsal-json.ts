import { placesOf } from '../../json/place.ts'
import type { Span } from '../../json/scanner.ts'
import type { AccountState } from '../../policies/limits/account-state.ts'
import type { PolicyRequest, RuleSight } from '../../policies/policy.ts'
import type { Rehearsal } from '../../policies/rehearsal.ts'
import { rehearsedRules } from './rehearsed-rules.ts'
import { shownNames } from './shown-names.ts'

/** What would happen, for scripts. Sizes in bytes, spans as offsets in the body that the rule is asked about. */
export function rehearsalJson(
  request: PolicyRequest,
  rehearsal: Rehearsal,
  { isTextShown }: { readonly isTextShown: boolean },
): string {
  const { rejection, body = request.body } = rehearsal.verdict
  const rules = rehearsedRules(rehearsal)
  const names = isTextShown ? undefined : shownNames(rules)
  return JSON.stringify({
    path: request.path,
    model: request.model ?? null,
    bytes: request.body.length,
    rules: rules.map(({ rule, action, count, costMs, sight, body: asked }) => ({
      rule,
      action,
      count,
      cost_ms: costMs ?? null,
      ...(sight?.account && { limit: limitOf(sight.account) }),
      spans: sight ? spansOf(sight, asked, isTextShown, names?.(asked)) : [],
    })),
    sent: !rejection,
    ...(rejection
      ? { status: rejection.status, error: { type: rejection.type, message: rejection.message } }
      : { sent_bytes: body.length }),
    ...(rehearsal.answer && { answer: rehearsal.answer }),
  })
}

/** In USD, requests or tokens, as the limit has them. */
function limitOf({ rule, group, used, inFlight }: AccountState) {
  const { what, most, per, by } = rule
  const left = Math.max(0, most - used - inFlight)
  return {
    what,
    ...(per && { per }),
    ...(by !== 'all' && { by, group }),
    used,
    in_flight: inFlight,
    most,
    left,
  }
}

function spansOf(
  { spans }: RuleSight,
  body: Buffer,
  isTextShown: boolean,
  isShown?: (name: Span) => boolean,
) {
  const places = placesOf(
    body,
    spans.map(({ start }) => start),
    isShown,
  )
  return spans.map(({ start, end, bytes }, index) => ({
    place: places[index],
    start,
    end,
    ...(bytes && { replaced_by: Buffer.from(bytes).toString() }),
    ...(isTextShown && { text: body.toString('utf8', start, end) }),
  }))
}
