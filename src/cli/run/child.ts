import { createHash } from 'node:crypto'
import { closeSync, mkdtempSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensurePrivateDirectory, openPrivateFile, replacePrivateFile } from '../../base/private-file.ts'
import { replaceSettings } from '../../claude/arguments.ts'
import type { LaunchResult } from '../../launch/child.ts'
import { launch } from '../../launch/child.ts'
import type { ChildEnvironment } from '../../launch/child-env.ts'
import type { Context } from '../context.ts'
import type { Command } from './invocation.ts'

export interface ChildInput extends Command {
  readonly environment: Pick<ChildEnvironment, 'env' | 'routing'>
  /** Where the settings for it stay when it has ended, for who goes on with them; absent takes them away. */
  readonly settingsFolder?: string
  /** Called right after the child's exec. */
  readonly onSpawn?: () => void
}

/** Runs the child in the terminal of this process, with the settings that it may need to stay on the gateway. */
export async function runChild(context: Context, input: ChildInput): Promise<LaunchResult> {
  const { program, prefix, args, environment, settingsFolder, onSpawn } = input
  const { env, routing } = environment
  const start = (childArgs: readonly string[]) =>
    launch({
      command: program,
      args: [...prefix, ...childArgs],
      env,
      cwd: context.cwd,
      process,
      ...(onSpawn && { onSpawn }),
    })
  if (routing.kind !== 'settings') return start(args)
  if (settingsFolder !== undefined)
    return start(replaceSettings(args, keepDocument(settingsFolder, routing.document)))
  const folder = mkdtempSync(join(tmpdir(), 'claude-gw-'))
  try {
    return await start(replaceSettings(args, writeDocument(folder, routing.document)))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** In a file, because arguments show in the list of processes. */
function writeDocument(folder: string, document: object): string {
  const path = join(folder, 'settings.json')
  const fd = openPrivateFile(path, 'wx')
  writeSync(fd, JSON.stringify(document))
  closeSync(fd)
  return path
}

/** One file for each content, so that they do not grow with the number of runs. */
function keepDocument(folder: string, document: object): string {
  const text = JSON.stringify(document)
  const path = join(folder, `${createHash('sha256').update(text).digest('hex').slice(0, 16)}.json`)
  ensurePrivateDirectory(folder)
  replacePrivateFile(path, text)
  return path
}
