import type { TranscriptQuery } from '../../claude/transcripts.ts'
import { findTranscriptEvidence } from '../../claude/transcripts.ts'
import type { ChildEnvironment } from '../../launch/child-env.ts'
import { describeRouting } from '../../launch/routing.ts'
import type { Context } from '../context.ts'
import type { Session } from '../session/session.ts'
import { readClaudeState } from '../upstream/claude-state.ts'
import { drain } from './drain.ts'
import type { Invocation } from './invocation.ts'
import { reportError } from './report.ts'
import type { RunSummary } from './summary.ts'
import { buildSummary, endLine, isTalkative, writeSummary } from './summary.ts'

export interface EndedRun {
  readonly session: Session
  readonly invocation: Invocation
  readonly environment: ChildEnvironment
  readonly startedAt: Date
  readonly exitCode: number
  /** Whether this process was asked to end. */
  readonly isTerminated: boolean
}

/** Closes the gateway and says what there is to say, now that the terminal is free again. @returns the exit code */
export async function finishRun(context: Context, ended: EndedRun): Promise<number> {
  const { session, invocation, startedAt, exitCode } = ended
  await drain(context, session.gateway, ended.isTerminated)
  const { summaryFile, isQuiet } = context.options
  if (isTalkative(context, invocation.parsed)) context.stderr.write(`${endLine(session)}\n`)
  for (const warning of isQuiet ? [] : await warnings(context, ended))
    context.stderr.write(`claude-gw: ${warning}\n`)
  if (summaryFile !== undefined) saveSummary(context, summaryFile, buildSummary(session, startedAt, exitCode))
  return exitCode
}

/** The exit code stays the child's, whatever becomes of the summary. */
function saveSummary({ stderr, options }: Context, path: string, summary: RunSummary): void {
  try {
    writeSummary(path, summary)
  } catch (error) {
    reportError(stderr, error, options.isVerbose)
  }
}

async function warnings(context: Context, ended: EndedRun): Promise<string[]> {
  const { session, environment } = ended
  const routing = await findBypass(context, ended)
  const lost = session.droppedRecords()
  const loss = lost > 0 ? [`${lost} record${lost === 1 ? ' is' : 's are'} not in the traffic log`] : []
  return [
    ...environment.notes,
    ...(routing ? [routing] : []),
    ...session.limitWarnings(),
    ...session.troubles,
    ...loss,
  ]
}

/** Settings files count in the middle of a session too, so they are read again where answers came from elsewhere. */
async function findBypass(context: Context, ended: EndedRun): Promise<string | undefined> {
  const { session, invocation, environment } = ended
  const { parsed, claude } = invocation
  const evidence = findTranscriptEvidence(transcriptQuery(ended))
  const layers = evidence ? (await readClaudeState(context, parsed)).layers : claude.layers
  const requestsSeen = session.totals.requests
  return describeRouting({
    invocation: parsed.kind,
    requestsSeen,
    evidence,
    layers,
    routing: environment.routing.kind,
  })
}

/** Claude Code writes an answer down a little after it came. */
const WRITE_DELAY_MS = 5_000

/** What would prove that answers came from elsewhere: any in this run, or later ones in the session that was last seen. */
function transcriptQuery({ session, invocation, startedAt }: EndedRun): TranscriptQuery {
  const { places } = invocation.claude
  const where = { configDirectory: places.configDirectory, cwd: places.projectDirectory }
  const last = session.last()
  if (!last) return { ...where, sinceMs: startedAt.getTime(), isResumed: invocation.parsed.isResumed }
  return {
    ...where,
    sinceMs: last.endedMs + WRITE_DELAY_MS,
    isResumed: true,
    sessionId: last.sessionId,
  }
}
