import type { ExchangeRecord, PolicyAction, PolicyDecision } from '../../exchange/exchange.ts'
import { escapeControls } from '../output.ts'
import type { Cell } from '../text/table.ts'

/** Why an answer ended before its own end. */
const NOTABLE_STOPS = new Set([
  'max_tokens',
  'refusal',
  'model_context_window_exceeded',
  'length',
  'content_filter',
])

/** What is done to each request of a session would hide the rest. */
const TELLING_ACTIONS = new Set<PolicyAction>(['flag', 'deny', 'limit'])

/** What the other columns cannot say, the short parts first; the error's type gives way to its message. */
export function noteForms({
  error,
  stop_reason,
  retry_after,
  attempts = [],
  answered_by,
  policy = [],
}: ExchangeRecord): Cell['forms'] {
  // Those listed had no answer that counted.
  const attemptCount = attempts.length + (answered_by === 'upstream' ? 1 : 0)
  const facts = [
    attemptCount > 1 && `${attemptCount} attempts`,
    stop_reason && NOTABLE_STOPS.has(stop_reason) && stop_reason,
    retry_after && `retry after ${/^\d+$/.test(retry_after) ? `${retry_after}s` : retry_after}`,
    ...policy.filter(({ action }) => TELLING_ACTIONS.has(action)).map(ruleText),
  ].filter(Boolean)
  if (!error) return [escapeControls(facts.join(', '))]
  const join = (text: string) => escapeControls([...facts, text].join(', '))
  return [join(`${error.type}: ${error.message}`), join(error.message)]
}

function ruleText({ rule, count }: PolicyDecision): string {
  return count === 1 ? rule : `${rule} ×${count}`
}
