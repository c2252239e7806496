import type { FoundClaude } from '../../claude/locate.ts'
import type { Check, Finding } from '../check.ts'
import { ok, skipped, warn } from '../check.ts'

export interface ShimFacts {
  /** In the order of PATH. */
  readonly list: () => readonly FoundClaude[]
  /** The key `claude.command`, which chooses among them. */
  readonly command: string
}

/** Which `claude` there are on PATH. What a shell has by that name, an alias or a function, cannot be seen from here. */
export function shimsCheck({ list, command }: ShimFacts): Check {
  return {
    id: 'shims',
    title: 'there is one `claude` on PATH',
    cost: 'nothing',
    run: () => {
      const found = list()
      if (found.length === 0) return skipped('PATH has none')
      return command ? ok(`\`claude.command\` names ${command}`) : judge(found)
    },
  }
}

function judge(found: readonly FoundClaude[]): Finding {
  const evidence = found.map(describe).join(', then ')
  if (found.filter(({ kind }) => kind !== 'ours').length < 2) return ok(evidence)
  return warn(`${evidence}; \`run\` takes the first that is not ours`, {
    remedy:
      'name the one that you mean with `claude-gw config set claude.command PATH`; `type -a claude` shows aliases as well',
  })
}

function describe({ path, kind }: FoundClaude): string {
  const note = { ours: ' (starts claude-gw)', script: ' (a script)', program: '' }[kind]
  return `${path}${note}`
}
