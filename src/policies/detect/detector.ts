/** A half-open range of a text, in UTF-16 units. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** A value that was found. */
export interface Found extends Range {
  /** Where the mark stands that makes it one, if that is not a part of it. */
  readonly since?: number
}

interface Named {
  /** In configuration and records: `credit-card`. */
  readonly name: string
  /** In placeholders: `CREDIT_CARD`; upper-case letters, digits and single underscores, at most 32. */
  readonly noun: string
}

/** Looks around places where a literal stands. */
export interface LiteralDetector extends Named {
  readonly anchors: readonly string[]
  /** What the anchor at `at` belongs to; nothing, if its check fails. */
  find(text: string, at: number): readonly Found[]
  /** For values that can be very long: what the anchor at `at` belongs to, where the end of the text cuts it off. */
  begun?(text: string, at: number): Begun | undefined
}

/** A value that may go on behind the end of a text. */
export interface Begun {
  readonly start: number
  /** Whether it is one, whatever follows. */
  readonly isSure: boolean
}

/** Looks around runs of digits that are not shorter or longer than it wants. */
export interface DigitsDetector extends Named {
  readonly shortestRun: number
  readonly longestRun: number
  /** What the whole run of digits from `start` to `end` belongs to or begins; nothing, if its check fails. */
  find(text: string, start: number, end: number): Range | undefined
}

/** Reads the whole text. */
export interface TextDetector extends Named {
  /** @param before the end of what stands before the text; empty where it is the beginning */
  findAll(text: string, before: string): readonly Range[]
  /** Whether there is never white space in what it finds. */
  readonly isWord?: true
}

/** Knows one kind of personal data or secret. Its time grows with the length of the text, and no faster. */
export type Detector = LiteralDetector | DigitsDetector | TextDetector
