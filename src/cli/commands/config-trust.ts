import { GatewayError } from '../../base/errors.ts'
import type { FileSettings } from '../../config/file-settings.ts'
import { configDirectory } from '../../config/paths.ts'
import type { ProjectFile } from '../../config/project-file.ts'
import { readProjectFile } from '../../config/project-file.ts'
import { settingsOf } from '../../config/project-settings.ts'
import { trustOf } from '../../config/trust.ts'
import { projectPage } from '../config/project-page.ts'
import type { Context } from '../context.ts'
import { escapeControls, openPalette } from '../output.ts'
import { askYes, canAsk } from '../setup/prompt.ts'

export interface ConfigTrustInput {
  /** Whether the user has looked at it already. */
  readonly isConfirmed: boolean
}

type ReadFile = Extract<ProjectFile, { kind: 'file' }>

/**
 * Shows what the project file of the folder would set, and lets it count as it is now: what is recorded is the content
 * that was shown, whatever happens to the file meanwhile.
 * @returns the exit code; 1 after a no
 * @throws GatewayError USAGE, CONFIG_*
 */
export async function configTrust(context: Context, { isConfirmed }: ConfigTrustInput): Promise<number> {
  const directory = directoryOf(context)
  const file = readFile(context)
  const settings = settingsOf(file)
  const trust = trustOf(directory, file)
  if (trust === 'trusted') return tell(context, `${file.path} is trusted already`)
  await show(context, settings, trust === 'changed')
  if (!isConfirmed && !(await isAgreed(context))) {
    tell(context, 'nothing was changed')
    return 1
  }
  const { trustFile } = await import('../../config/trust-store.ts')
  await trustFile(directory, file)
  return tell(context, `${file.path} counts from now on, until it changes`)
}

/** Lets the project file of the folder count no longer. @throws GatewayError CONFIG_* */
export async function configUntrust(context: Context): Promise<number> {
  const { path, realPath } = readFile(context)
  const { untrustFile } = await import('../../config/trust-store.ts')
  const wasTrusted = await untrustFile(directoryOf(context), realPath)
  return tell(context, wasTrusted ? `${path} is trusted no longer` : `${path} was not trusted`)
}

function directoryOf({ env, home, platform }: Context): string {
  return configDirectory(env, home, platform)
}

function readFile({ cwd, home }: Context): ReadFile {
  const file = readProjectFile(cwd, home)
  if (file?.kind === 'file') return file
  throw new GatewayError('CONFIG_UNREADABLE', {
    path: file?.path ?? '.claude-gw.json',
    reason: file?.reason ?? `there is none in ${cwd}, nor above it up to the root of a repository`,
    remedy: file ? 'put a plain file in its place' : 'go to the folder of the repository that has one',
  })
}

async function show(context: Context, settings: FileSettings, hasChanged: boolean): Promise<void> {
  const { stderr } = context
  stderr.write(projectPage(settings, hasChanged, await openPalette(context, stderr)))
}

async function isAgreed(context: Context): Promise<boolean> {
  if (!canAsk(context))
    throw new GatewayError('USAGE', {
      reason: 'there is no terminal to ask; if all of that is right, `claude-gw config trust --yes`',
    })
  try {
    return await askYes(context, 'Let all of that count?')
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'LOGIN_CANCELLED') return false
    throw error
  }
}

function tell({ stderr, options }: Context, line: string): number {
  if (!options.isQuiet) stderr.write(`claude-gw: ${escapeControls(line)}\n`)
  return 0
}
