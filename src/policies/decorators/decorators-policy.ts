import type { DecoratorPlace, DecoratorRule } from '../../config/decorator-rule.ts'
import { fillText, literalText } from '../../config/text-template.ts'
import type { PolicyDecision } from '../../exchange/exchange.ts'
import type { Edit } from '../../json/splice.ts'
import { insertion } from '../../json/splice.ts'
import { stringBytes } from '../../json/string-text.ts'
import { costOf } from '../cost-of.ts'
import type { LimitedParty } from '../limits/limits-policy.ts'
import { isMeant } from '../limits/subject.ts'
import type { Outcome, Policy, PolicyRequest } from '../policy.ts'
import { NO_OUTCOME } from '../policy.ts'
import type { Places } from './places.ts'
import { findPlaces } from './places.ts'
import type { SessionValues } from './session-values.ts'
import { systemEdits } from './system-edits.ts'

export interface DecoratorsSettings {
  /** What stands behind each system prompt, as it is; it comes before those of the rules. */
  readonly systemText?: string | undefined
  readonly rules: readonly DecoratorRule[]
  readonly party: LimitedParty
  readonly values: SessionValues
}

/** A text for one request. */
interface Decoration {
  /** As it stands in the record. */
  readonly rule: string
  readonly at: DecoratorPlace
  readonly text: string
}

/**
 * Puts texts into requests: the same message gets the same bytes in every request and every process, so that what was
 * sent once begins the next request again, and is read from the upstream's cache.
 */
export function decoratorsPolicy({ systemText, rules, party, values }: DecoratorsSettings): Policy {
  const named = rules.map((rule) => ({ ...rule, name: `decorators.${rule.name}` }))
  const decorators = systemText === undefined ? named : [appended(systemText), ...named]
  const decorationsFor = ({ isEncoded, model, session }: PolicyRequest): Decoration[] => {
    const subject = { ...party, model, session }
    const meant = isEncoded ? [] : decorators.filter(({ match }) => isMeant(subject, match))
    return meant.map(({ name, at, text }) => ({
      rule: name,
      at,
      text: fillText(text, () => values.of(session)),
    }))
  }
  return {
    apply: (request) => {
      const decorations = decorationsFor(request)
      return decorations.length === 0 ? NO_OUTCOME : decorate(request.body, decorations)
    },
    explain: (request) =>
      decorationsFor(request).map((decoration) => ({
        rule: decoration.rule,
        action: 'decorate',
        spans: decorate(request.body, [decoration]).edits ?? [],
        costMs: costOf(() => decorate(request.body, [decoration])),
      })),
  }
}

function appended(text: string): DecoratorRule {
  return { name: 'system.append', at: 'system-end', text: literalText(text), match: {} }
}

function decorate(body: Buffer, decorations: readonly Decoration[]): Outcome {
  const textsAt = (place: DecoratorPlace) =>
    decorations.filter(({ at }) => at === place).map(({ text }) => text)
  const reminders = textsAt('user-turn')
  const places = findPlaces(body, reminders.length > 0)
  if (!places) return NO_OUTCOME
  const texts = { start: textsAt('system-start'), end: textsAt('system-end') }
  const inSystem = systemEdits(body, places.system, places.end, texts)
  const inTurns = turnEdits(places, reminders)
  const counts = { system: inSystem.length > 0 ? 1 : 0, turns: inTurns.length }
  return {
    decisions: decisionsOf(decorations, counts),
    edits: [...inSystem, ...inTurns].toSorted((a, b) => a.start - b.start),
  }
}

/** They look as those of Claude Code itself do, so that a model does not take them for words of the user. */
function turnEdits({ turns }: Places, reminders: readonly string[]): Edit[] {
  const text = reminders.map((one) => `\n\n<system-reminder>\n${one}\n</system-reminder>`).join('')
  const bytes = stringBytes(text)
  return turns.map((at) => insertion(at, bytes))
}

function decisionsOf(
  decorations: readonly Decoration[],
  counts: { readonly system: number; readonly turns: number },
): PolicyDecision[] {
  return decorations.flatMap(({ rule, at }) => {
    const count = at === 'user-turn' ? counts.turns : counts.system
    return count === 0 ? [] : [{ rule, action: 'decorate', count }]
  })
}
