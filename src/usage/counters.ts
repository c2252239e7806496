/** What is added up over exchanges, each a whole number: sums are then the same in any order. */
export const COUNTERS = [
  'requests',
  /** Their outcome was not `ok`. */
  'errors',
  /** Attempts before the one that was answered. */
  'retries',
  'input',
  'output',
  'cacheRead',
  'cacheWrite',
  /** Answers that should have told their usage and did not. */
  'unknownUsage',
  /** Billionths of a USD, in which every price per million tokens with three decimals is exact. */
  'costNanoUsd',
  'knownCost',
  'unknownCost',
  /** Of whole answers: their output tokens, and how long they took, in microseconds. */
  'timedOutput',
  'timedUs',
  /** Of whole streamed answers: their output tokens, and how long these came, from the first one on. */
  'streamedOutput',
  'streamedUs',
] as const

export type Counter = (typeof COUNTERS)[number]

export const COUNTER_COUNT = COUNTERS.length

/** Where the sum of each counter stands among `COUNTER_COUNT` numbers. */
export const COUNTER = Object.fromEntries(COUNTERS.map((name, index) => [name, index])) as Readonly<
  Record<Counter, number>
>
