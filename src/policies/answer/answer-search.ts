import type { Begun, Detector, LiteralDetector } from '../detect/detector.ts'
import type { TextFinder } from '../detect/find.ts'
import { createFinder } from '../detect/find.ts'
import type { AnswerAction, AnswerRule } from './answer-rule.ts'
import { isTextOfBlanks, openWordsAt } from './open-words.ts'

/** A value that may go on, and who looks for it. */
export interface BegunValue extends Begun {
  readonly detector: Detector
}

/** The rules of one action, as one search. */
export interface RuleGroup {
  readonly action: AnswerAction
  readonly find: TextFinder
  /** Long values that the end of the text cuts off, one of each detector at most. */
  begun(text: string): readonly BegunValue[]
}

/** What a policy looks for in answers. */
export interface AnswerSearch {
  /** What denies comes first, then what masks; what is only counted must hide neither. */
  readonly groups: readonly RuleGroup[]
  readonly maxMatchBytes: number
  /** Whether what is found changes the answer. */
  readonly isEnforced: boolean
  /** From where on a value may stand in the text that goes on behind its end; not before `from`. */
  openAt(text: string, from: number): number
}

const ACTIONS = ['deny', 'mask', 'flag'] as const

/** @param maxMatchBytes how long a value may be that is found whatever it begins with */
export function createAnswerSearch(rules: readonly AnswerRule[], maxMatchBytes: number): AnswerSearch {
  const groups = ACTIONS.map((action) => groupOf(action, rules)).filter((group) => group !== undefined)
  const hasBlanks = rules.some(({ detector }) => isTextOfBlanks(detector))
  return {
    groups,
    maxMatchBytes,
    isEnforced: rules.some(({ action }) => action !== 'flag'),
    openAt: (text, from) => (hasBlanks ? from : openWordsAt(text, from)),
  }
}

function groupOf(action: AnswerAction, rules: readonly AnswerRule[]): RuleGroup | undefined {
  const detectors = rules.filter((rule) => rule.action === action).map(({ detector }) => detector)
  if (detectors.length === 0) return undefined
  const longOnes = detectors.filter((detector): detector is LiteralDetector => 'begun' in detector)
  return {
    action,
    find: createFinder(detectors),
    begun: (text) => longOnes.flatMap((detector) => firstBegun(detector, text)),
  }
}

/** The first one: it goes on up to the end, so that others are within it. */
function firstBegun(detector: LiteralDetector, text: string): BegunValue[] {
  for (const anchor of detector.anchors) {
    for (let at = text.indexOf(anchor); at !== -1; at = text.indexOf(anchor, at + 1)) {
      const begun = detector.begun?.(text, at)
      if (begun) return [{ ...begun, detector }]
    }
  }
  return []
}
