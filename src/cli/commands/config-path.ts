import { GatewayError } from '../../base/errors.ts'
import { configDirectory, machineFilePath, userFilePath } from '../../config/paths.ts'
import { readProjectFile } from '../../config/project-file.ts'
import type { Context } from '../context.ts'
import { print } from '../output.ts'

export interface ConfigPathInput {
  readonly isProject: boolean
  readonly isMachine: boolean
}

/**
 * The path of the user's file, whether it is there or not; of the machine's; or of the project's, if there is one.
 * @returns the exit code; 1 where the folder has no project file
 * @throws GatewayError USAGE, CONFIG_*
 */
export async function configPath(context: Context, input: ConfigPathInput): Promise<number> {
  if (input.isProject && input.isMachine)
    throw new GatewayError('USAGE', { reason: 'one path at a time: `--project` or `--machine`' })
  const path = findPath(context, input)
  if (path === undefined) context.stderr.write('claude-gw: there is no .claude-gw.json for this folder\n')
  else await print(context.stdout, `${path}\n`)
  return path === undefined ? 1 : 0
}

function findPath({ env, cwd, home, platform }: Context, input: ConfigPathInput): string | undefined {
  if (input.isMachine) return machineFilePath(env, platform)
  if (input.isProject) return readProjectFile(cwd, home)?.path
  return userFilePath(configDirectory(env, home, platform))
}
