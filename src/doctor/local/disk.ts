import { statfsSync } from 'node:fs'
import type { Check, Finding } from '../check.ts'
import { fail, ok, warn } from '../check.ts'
import type { Fact } from '../fact.ts'
import { given } from '../fact.ts'
import { existingFolder } from './existing-folder.ts'
import { sizeText } from './size-text.ts'

const SCARCE_BYTES = 1024 ** 3
const TOO_LITTLE_BYTES = 100 * 1024 ** 2

/** How much a user can still write where the state folder is. */
export function diskCheck(directory: Fact<string>): Check {
  return {
    id: 'disk',
    title: 'there is room for logs',
    cost: 'nothing',
    run: () => given(directory, 'state', (path) => judge(existingFolder(path))),
  }
}

function judge(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder)
  const freeBytes = bavail * bsize
  const evidence = `${sizeText(freeBytes)} free at ${folder}`
  const remedy = 'make room, such as with `claude-gw logs prune`, or move CLAUDE_GW_STATE_DIR'
  if (freeBytes < TOO_LITTLE_BYTES) return fail(`${evidence}: records will be lost`, { remedy })
  return freeBytes < SCARCE_BYTES ? warn(evidence, { remedy }) : ok(evidence)
}
