import type { TranscriptAnswer } from '../../claude/transcript-usage.ts'
import { COUNTER } from '../../usage/counters.ts'
import type { Group } from '../../usage/groups.ts'

/** Tokens of the answers of a session, and how many answers there were. */
export interface SessionCounts {
  readonly answers: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cache_read_input_tokens: number
  readonly cache_creation_input_tokens: number
}

/** A session as it went through the gateway. */
export interface OwnSession extends SessionCounts {
  readonly id: string
  readonly firstMs: number
  /** Answers that broke off; their counts may not be final. */
  readonly broken: number
  /** Answers whose tokens are not known. */
  readonly unknown: number
}

export interface Comparison {
  readonly session: string
  readonly ours: SessionCounts
  /** Null where there is no transcript. */
  readonly theirs: SessionCounts | null
  readonly isEqual: boolean
  /** Why they differ, as far as can be told; or that there is nothing to compare. */
  readonly reason: string
}

export const COUNT_NAMES = [
  'answers',
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
] as const satisfies readonly (keyof SessionCounts)[]

/** From groups by session and outcome. What has a cost, known or not, is an answer of a model. */
export function ownSessions(groups: readonly Group[]): readonly OwnSession[] {
  const sessions = new Map<string, OwnSession>()
  for (const { names, sums, firstMs } of groups) {
    const [id, outcome] = names
    if (id == null) continue
    const count = (index: number) => sums.counters[index] as number
    const answers = count(COUNTER.knownCost) + count(COUNTER.unknownCost)
    const known = sessions.get(id) ?? emptySession(id)
    sessions.set(id, {
      id,
      firstMs: Math.min(known.firstMs, firstMs),
      answers: known.answers + answers,
      input_tokens: known.input_tokens + count(COUNTER.input),
      output_tokens: known.output_tokens + count(COUNTER.output),
      cache_read_input_tokens: known.cache_read_input_tokens + count(COUNTER.cacheRead),
      cache_creation_input_tokens: known.cache_creation_input_tokens + count(COUNTER.cacheWrite),
      broken: known.broken + (outcome === 'ok' ? 0 : answers),
      unknown: known.unknown + count(COUNTER.unknownUsage),
    })
  }
  return [...sessions.values()].sort((a, b) => a.firstMs - b.firstMs)
}

/** A session beside its transcript. */
export function compareSession(
  own: OwnSession,
  transcript: readonly TranscriptAnswer[] | undefined,
): Comparison {
  const { id, firstMs, broken, unknown, ...ours } = own
  const theirs = transcript ? sumOf(transcript) : null
  // A transcript without answers is not told from none.
  if (own.answers === 0 && !theirs?.answers)
    return { session: id, ours, theirs, isEqual: true, reason: NO_ANSWERS }
  if (!transcript || !theirs)
    return { session: id, ours, theirs: null, isEqual: false, reason: NO_TRANSCRIPT }
  const isEqual = COUNT_NAMES.every((name) => ours[name] === theirs[name])
  const earlier = transcript.filter(({ atMs }) => atMs < firstMs).length
  return { session: id, ours, theirs, isEqual, reason: isEqual ? '' : reasonOf(own, theirs, earlier) }
}

/** Ours less theirs; null where there is no transcript. */
export function differenceOf({ ours, theirs }: Pick<Comparison, 'ours' | 'theirs'>): SessionCounts | null {
  if (!theirs) return null
  const differences = COUNT_NAMES.map((name) => [name, ours[name] - theirs[name]])
  return Object.fromEntries(differences) as unknown as SessionCounts
}

const NO_ANSWERS = 'no answers on either side'
const NO_TRANSCRIPT =
  'there is no transcript: deleted, not kept (--no-session-persistence), or in another CLAUDE_CONFIG_DIR'

function emptySession(id: string): OwnSession {
  return { id, firstMs: Number.POSITIVE_INFINITY, broken: 0, unknown: 0, ...sumOf([]) }
}

function sumOf(answers: readonly TranscriptAnswer[]): SessionCounts {
  const sum = (field: 'input' | 'output' | 'cacheRead' | 'cacheWrite') =>
    answers.reduce((total, answer) => total + answer[field], 0)
  return {
    answers: answers.length,
    input_tokens: sum('input'),
    output_tokens: sum('output'),
    cache_read_input_tokens: sum('cacheRead'),
    cache_creation_input_tokens: sum('cacheWrite'),
  }
}

function reasonOf({ answers, broken, unknown }: OwnSession, theirs: SessionCounts, earlier: number): string {
  const extra = answers - (theirs.answers - earlier)
  const reasons = [
    earlier > 0 && `${answersText(earlier)} from before the gateway was in the path`,
    extra < 0 && `${answersText(-extra)} did not come through the gateway`,
    extra > 0 && `${answersText(extra)} that transcripts do not hold: titles, summaries, repeated requests`,
    broken > 0 && `${answersText(broken)} broken off, counted as far as it came`,
    unknown > 0 && `${answersText(unknown)} without a usage that could be read`,
  ].filter((reason) => reason !== false)
  return reasons.length > 0 ? reasons.join('; ') : 'the same answers are counted differently'
}

function answersText(count: number): string {
  return count === 1 ? '1 answer' : `${count} answers`
}
