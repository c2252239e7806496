import { createHash } from 'node:crypto'
import type { Environment } from '../claude/environment.ts'

/** The gateway as a child sees it. */
export interface ChildGateway {
  /** Base URL, in path mode with the secret prefix. */
  readonly url: string
  readonly access: { readonly kind: 'token'; readonly token: string } | { readonly kind: 'path' }
}

/** A gateway that another run has opened, and in which this one is nested. */
export interface OuterRun {
  readonly runId: string
  /** Of the upstream that it took from variables and files; its options are for itself alone. */
  readonly upstreamMark: string
  readonly gateway: ChildGateway
}

/** Deeper than this, a program named `claude` is calling us and we it. */
const MAX_DEPTH = 8

/**
 * The run of the same profile around this one, whose gateway is to be used again; undefined if there is none.
 * The token has a variable of its own because newer versions of Claude Code hide ANTHROPIC_AUTH_TOKEN from the
 * programs that they start (measured on 2.1.329, host-managed).
 */
export function findOuterRun(env: Environment, profile: string): OuterRun | undefined {
  const runId = env['CLAUDE_GW_RUN_ID']
  const url = env['CLAUDE_GW_RUN_URL']
  const upstreamMark = env['CLAUDE_GW_RUN_UPSTREAM']
  if (!runId || !url || !upstreamMark || env['CLAUDE_GW_RUN_PROFILE'] !== profile) return undefined
  const token = env['CLAUDE_GW_RUN_TOKEN']
  return {
    runId,
    upstreamMark,
    gateway: { url, access: token ? { kind: 'token', token } : { kind: 'path' } },
  }
}

/** What tells one upstream from another, and a child nothing of it. */
export function markOf(upstream: string): string {
  return createHash('sha256').update(upstream).digest('hex').slice(0, 16)
}

/** How many runs are around each other, this one included. */
export function runDepth(env: Environment): number {
  return (Number.parseInt(env['CLAUDE_GW_RUN_DEPTH'] ?? '0', 10) || 0) + 1
}

/** Whether the runs are nested so deep that they must be starting each other. */
export function isLoop(env: Environment): boolean {
  return runDepth(env) > MAX_DEPTH
}
