import { readProjectFile } from '../../config/project-file.ts'
import { readProjectSettings } from '../../config/project-settings.ts'
import type { Check, Finding } from '../check.ts'
import { failed, ok, warn } from '../check.ts'
import type { Fact } from '../fact.ts'
import { given } from '../fact.ts'

export interface TrustFacts {
  readonly cwd: string
  readonly home: string
  /** Of the user's configuration. */
  readonly directory: Fact<string>
}

/** Whether the `.claude-gw.json` of the folder counts. */
export function trustCheck({ cwd, home, directory }: TrustFacts): Check {
  return {
    id: 'trust',
    title: 'a file of the repository is trusted',
    cost: 'nothing',
    run: () => given(directory, 'config', (path) => judge(cwd, home, path)),
  }
}

function judge(cwd: string, home: string, directory: string): Finding {
  try {
    const { settings, note } = readProjectSettings(cwd, home, directory)
    // What mends it stands in brackets at its end.
    if (note !== undefined)
      return warn(note.replace(/ \([^()]*\)$/, ''), { remedy: 'look at it, then `claude-gw config trust`' })
    if (!settings) return ok('this folder has no .claude-gw.json')
    return ok(`${readProjectFile(cwd, home)?.path}: all that it says counts`)
  } catch (error) {
    return failed(error)
  }
}
