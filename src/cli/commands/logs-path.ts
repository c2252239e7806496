import { trafficDirectory } from '../../config/paths.ts'
import type { Context } from '../context.ts'
import { print } from '../output.ts'

/** `claude-gw logs path`: where the day files are, or will be. @returns the exit code */
export async function logsPath(context: Context): Promise<number> {
  await print(context.stdout, `${trafficDirectory(context.stateDirectory())}\n`)
  return 0
}
