import { findTranscriptEvidence } from '../claude/transcripts.ts'
import type { ChildEnvironment } from '../launch/child-env.ts'
import { describeRouting } from '../launch/routing.ts'
import type { Invocation } from './commands/run.ts'
import type { Context } from './context.ts'
import { reportError } from './report.ts'
import type { Session } from './session.ts'
import type { RunSummary } from './summary.ts'
import { buildSummary, endLine, isTalkative, writeSummary } from './summary.ts'

export interface EndedRun {
  readonly session: Session
  readonly invocation: Invocation
  readonly environment: ChildEnvironment
  readonly startedAt: Date
  readonly exitCode: number
}

/** Closes the gateway and says what there is to say, now that the terminal is free again. @returns the exit code */
export async function finishRun(context: Context, ended: EndedRun): Promise<number> {
  const { session, invocation, startedAt, exitCode } = ended
  await session.gateway.close()
  const { summaryFile, isQuiet } = context.options
  if (isTalkative(context, invocation.parsed)) context.stderr.write(`${endLine(session)}\n`)
  for (const warning of isQuiet ? [] : warnings(ended)) context.stderr.write(`claude-gw: ${warning}\n`)
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

function warnings({ session, invocation, environment, startedAt }: EndedRun): string[] {
  const { parsed, claude } = invocation
  const routing = describeRouting({
    invocation: parsed.kind,
    requestsSeen: session.totals.requests,
    evidence: findTranscriptEvidence({
      configDirectory: claude.places.configDirectory,
      cwd: claude.places.projectDirectory,
      sinceMs: startedAt.getTime(),
      isResumed: parsed.isResumed,
    }),
    layers: claude.layers,
    routing: environment.routing.kind,
  })
  const lost = session.droppedRecords()
  const troubles = session.troubles.map((reason) => `${lost} records are not in the traffic log: ${reason}`)
  return [...environment.notes, ...(routing ? [routing] : []), ...troubles]
}
