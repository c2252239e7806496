import type { Detector } from '../detect/detector.ts'

/**
 * What is done with a value in an answer: `flag` counts it, `mask` puts its kind in its place, `deny` ends the answer
 * before it.
 */
export type AnswerAction = 'flag' | 'mask' | 'deny'

export interface AnswerRule {
  readonly detector: Detector
  readonly action: AnswerAction
}
