import { GatewayError } from '../../base/errors.ts'
import { claudeConfigDirectory } from '../../claude/places.ts'
import type { TranscriptAnswer } from '../../claude/transcript-usage.ts'
import { readTranscriptUsage } from '../../claude/transcript-usage.ts'
import type { TimeRange } from '../../log/since.ts'
import type { Context } from '../context.ts'
import { openPalette, print } from '../output.ts'
import { comparisonTable } from '../usage/comparison-table.ts'
import { axisOf } from '../usage/usage-axes.ts'
import type { Comparison, OwnSession } from '../usage/usage-comparison.ts'
import { compareSession, differenceOf, ownSessions } from '../usage/usage-comparison.ts'
import { jsonPage } from '../usage/usage-json.ts'
import type { UsageInput, UsageSource } from '../usage/usage-question.ts'
import { parseUsageQuestion } from '../usage/usage-question.ts'
import { readUsage } from '../usage/usage-reading.ts'

/** Fine enough to tell what was written before a session came through the gateway. */
const STRETCH_MS = 1000

/**
 * `claude-gw usage --reconcile`: each session as it went through the gateway beside Claude Code's transcript of it.
 * @returns the exit code, 0 also where they differ @throws GatewayError USAGE, LOG_UNREADABLE
 */
export async function usageReconcile(context: Context, input: UsageInput): Promise<number> {
  refuseParts(input)
  const now = new Date()
  const question = parseUsageQuestion({ ...input, by: 'session,outcome' }, now)
  const axes = question.by.map(axisOf)
  const { groups, directory } = readUsage(context, question, axes, {
    nowMs: now.getTime(),
    stretchMs: STRETCH_MS,
  })
  const sessions = ownSessions(groups.groups())
  const configDirectory = claudeConfigDirectory(context)
  const comparisons = compare(sessions, configDirectory, question.range)
  if (question.form === 'json') {
    await print(context.stdout, jsonOf(comparisons, question.source, configDirectory))
    return 0
  }
  await print(context.stdout, await tableOf(context, comparisons))
  tellEnd(context, comparisons, { directory, configDirectory })
  return 0
}

/** Transcripts know nothing of these, so that each of them would look like a difference. */
const PARTS = ['model', 'project', 'profile', 'user', 'sort', 'count', 'csv'] as const

function refuseParts(input: UsageInput): void {
  const given = PARTS.find((name) => input[name] !== undefined)
  if (given === undefined) return
  const option = given === 'count' ? '-n' : `--${given}`
  throw new GatewayError('USAGE', {
    reason: `\`--reconcile\` compares sessions whole; \`${option}\` does not go with it, \`--session\`, \`--since\` and \`--until\` do`,
  })
}

function compare(
  sessions: readonly OwnSession[],
  configDirectory: string,
  range: TimeRange,
): readonly Comparison[] {
  const sessionIds = new Set(sessions.map(({ id }) => id))
  const sinceMs = sessions.reduce((first, { firstMs }) => Math.min(first, firstMs), Number.POSITIVE_INFINITY)
  const transcripts = readTranscriptUsage(configDirectory, { sessionIds, sinceMs })
  return sessions.map((session) => compareSession(session, within(transcripts.get(session.id), range)))
}

/** Where a part of the time is asked for, of both. */
function within(
  answers: readonly TranscriptAnswer[] | undefined,
  { sinceMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY }: TimeRange,
): readonly TranscriptAnswer[] | undefined {
  return answers?.filter(({ atMs }) => atMs >= sinceMs && atMs < untilMs)
}

/** Stable for scripts. */
function jsonOf(comparisons: readonly Comparison[], source: UsageSource, transcripts: string): string {
  const sessions = comparisons.map(({ isEqual, ...comparison }) => ({
    ...comparison,
    difference: differenceOf(comparison),
    equal: isEqual,
  }))
  return jsonPage({ v: 1, source, transcripts, sessions })
}

async function tableOf(context: Context, comparisons: readonly Comparison[]): Promise<string> {
  const { stdout } = context
  if (comparisons.length === 0) return ''
  const width = stdout.isTTY ? stdout.columns || 80 : Number.POSITIVE_INFINITY
  return comparisonTable(comparisons, await openPalette(context, stdout), width)
}

function tellEnd(
  { stderr, options }: Context,
  comparisons: readonly Comparison[],
  { directory, configDirectory }: { readonly directory: string; readonly configDirectory: string },
): void {
  if (options.isQuiet) return
  const equal = comparisons.filter(({ isEqual }) => isEqual).length
  const text =
    comparisons.length === 0
      ? `No session matches in ${directory}`
      : `${equal} of ${comparisons.length} sessions are the same in ${configDirectory}; numbers are ours, and behind them how much more (+) or less (−) that is than in the transcript`
  stderr.write(`${text}\n`)
}
