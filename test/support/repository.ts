import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Makes a folder a repository as far as git's own files say so (gitrepository-layout(5)), and gives what changes its branch. */
export function openRepository(folder: string, origin: string, branch: string): (branch: string) => void {
  const git = join(folder, '.git')
  for (const part of ['objects', 'refs/heads']) mkdirSync(join(git, part), { recursive: true })
  writeFileSync(
    join(git, 'config'),
    `[core]\n\trepositoryformatversion = 0\n[remote "origin"]\n\turl = ${origin}\n`,
  )
  const change = (name: string) => writeFileSync(join(git, 'HEAD'), `ref: refs/heads/${name}\n`)
  change(branch)
  return change
}
