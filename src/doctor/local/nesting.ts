import type { Check } from '../check.ts'
import { fail, ok, warn } from '../check.ts'

export interface NestingFacts {
  /** How many runs are around this command. */
  readonly depth: number
  /** Whether so many that they must be starting each other. */
  readonly isLoop: boolean
  readonly profile: string
  /** Whether the gateway of the innermost still answers. */
  readonly isAlive: () => Promise<boolean>
}

/** Whether this command stands inside a `run`, and that run is still there. */
export function nestingCheck({ depth, isLoop, profile, isAlive }: NestingFacts): Check {
  return {
    id: 'nesting',
    title: 'runs inside each other are in order',
    cost: 'nothing',
    run: async () => {
      if (depth === 0) return ok('this is not inside a run')
      if (isLoop)
        return fail(`${depth} runs are inside each other`, {
          remedy:
            'a program named `claude` starts claude-gw: set `claude.command` to the path of Claude Code',
        })
      if (await isAlive()) return ok(`inside a run of the profile ${profile}, whose gateway is used again`)
      return warn('these are the variables of a run that has ended', { remedy: 'open another shell' })
    },
  }
}
