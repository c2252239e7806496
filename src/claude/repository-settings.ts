import { join } from 'node:path'
import { mayExist } from '../base/existence.ts'
import { findGitDirectory } from '../base/git-directory.ts'
import type { SettingsLayer } from './layer.ts'
import type { PlacesInput } from './places.ts'

/** The settings that a repository brings along. What reads them is loaded only where there may be some. */
export async function repositorySettings(input: PlacesInput): Promise<readonly SettingsLayer[]> {
  if (!mayHaveSettings(input.cwd)) return []
  const { claudePlaces } = await import('./places.ts')
  const { readProjectSettings } = await import('./settings.ts')
  return readProjectSettings(claudePlaces(input))
}

/** A linked worktree has those of the main one as well, wherever that is. */
function mayHaveSettings(cwd: string): boolean {
  const git = findGitDirectory(cwd)
  const isLinked = git !== undefined && git.path !== join(git.root, '.git')
  return isLinked || [cwd, git?.root ?? cwd].some((folder) => mayExist(join(folder, '.claude')))
}
