import { placesOf } from '../json/place.ts'
import type { PolicyRequest, RuleSight } from '../policies/policy.ts'
import type { Rehearsal } from '../policies/rehearsal.ts'
import { rehearsedRules } from './rehearsed-rules.ts'

/** What would happen, for scripts. Sizes in bytes, spans as offsets in the body that the rule is asked about. */
export function rehearsalJson(
  request: PolicyRequest,
  rehearsal: Rehearsal,
  { isTextShown }: { readonly isTextShown: boolean },
): string {
  const { rejection, body = request.body } = rehearsal.verdict
  return JSON.stringify({
    path: request.path,
    model: request.model ?? null,
    bytes: request.body.length,
    rules: rehearsedRules(rehearsal).map(({ rule, action, count, costMs, sight, body: asked }) => ({
      rule,
      action,
      count,
      cost_ms: costMs ?? null,
      spans: sight ? spansOf(sight, asked, isTextShown) : [],
    })),
    sent: !rejection,
    ...(rejection
      ? { status: rejection.status, error: { type: rejection.type, message: rejection.message } }
      : { sent_bytes: body.length }),
  })
}

function spansOf({ spans }: RuleSight, body: Buffer, isTextShown: boolean) {
  const places = placesOf(
    body,
    spans.map(({ start }) => start),
  )
  return spans.map(({ start, end, bytes }, index) => ({
    place: places[index],
    start,
    end,
    ...(bytes && { replaced_by: Buffer.from(bytes).toString() }),
    ...(isTextShown && { text: body.toString('utf8', start, end) }),
  }))
}
