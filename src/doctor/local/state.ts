import type { Stats } from 'node:fs'
import { accessSync, constants, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { GatewayError, reasonOf } from '../../base/errors.ts'
import { isOwn } from '../../base/ownership.ts'
import { createPrivateFile } from '../../base/private-file.ts'
import { shellWord } from '../../base/shell-word.ts'
import type { Check, Finding } from '../check.ts'
import { fail, failed, ok, warn } from '../check.ts'
import type { Fact } from '../fact.ts'
import { existingFolder } from './existing-folder.ts'

const OTHERS = 0o077

/** Whether logs and lists of gateways can be written, and read by their owner alone. */
export function stateCheck(directory: Fact<string>, platform: NodeJS.Platform): Check {
  return {
    id: 'state',
    title: 'the state folder is private and can be written',
    cost: 'nothing',
    run: () => {
      if (!directory.isKnown) return failed(directory.error)
      const path = directory.value
      try {
        return examine(path, platform)
      } catch (error) {
        return failed(new GatewayError('STATE_UNWRITABLE', { path, reason: reasonOf(error) }))
      }
    },
  }
}

function examine(path: string, platform: NodeJS.Platform): Finding {
  const found = existingFolder(path)
  if (found !== path) {
    accessSync(join(found, '.'), constants.W_OK)
    return ok(`${path} will be made at its first use`)
  }
  writeProbe(path)
  // On Windows a mode does not say who may read.
  return platform === 'win32' ? ok(path) : (findOpening(path, statSync(path)) ?? ok(path))
}

/** In a folder of its owner alone, what the files in it allow does not matter. */
function findOpening(path: string, { mode, uid }: Stats): Finding | undefined {
  if (!isOwn(uid))
    return fail(`${path} belongs to another user (${uid})`, {
      remedy: 'give CLAUDE_GW_STATE_DIR a folder that is yours',
    })
  if ((mode & OTHERS) === 0) return undefined
  const remedy = `run \`chmod -R go-rwx ${shellWord(path)}\``
  const open = readdirSync(path, { recursive: true, encoding: 'utf8' }).find((name) =>
    isOpenFile(join(path, name)),
  )
  if (open !== undefined) return fail(`others can read ${join(path, open)}`, { remedy })
  return warn(`others can enter ${path} (mode 0${(mode & 0o777).toString(8)})`, { remedy })
}

function isOpenFile(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats?.isFile() === true && (stats.mode & OTHERS) !== 0
}

function writeProbe(folder: string): void {
  const probe = join(folder, `.doctor-${crypto.randomUUID()}`)
  createPrivateFile(probe, 'probe\n')
  rmSync(probe, { force: true })
}
