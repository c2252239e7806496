import type { Machine } from './machine.ts'

type Environment = Machine['env']

/** Counts the look-ups that stand above each other, over all processes between them. */
const DEPTH = 'CLAUDE_GW_LOOKUP_DEPTH'
/** Enough for a gateway whose helper is `claude-gw key`, which runs a command of its own. */
const DEEPEST = 3

/** What a helper sees: nothing of the run around it, and that it is part of a look-up. */
export function helperEnvironment(env: Environment): Environment {
  const kept = Object.entries(env).filter(([name]) => !/^CLAUDE_GW_RUN_/i.test(name))
  return { ...Object.fromEntries(kept), [DEPTH]: String(depthOf(env) + 1) }
}

/** Whether one more helper would be below the deepest that makes sense: the reference leads back to claude-gw. */
export function isInLoop(env: Environment): boolean {
  return depthOf(env) >= DEEPEST
}

function depthOf(env: Environment): number {
  return Math.max(Number.parseInt(env[DEPTH] ?? '', 10) || 0, 0)
}
