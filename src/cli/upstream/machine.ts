import type { Machine } from '../../credentials/machine.ts'
import type { Context } from '../context.ts'

/** What looking for a credential may touch of this process. @param env in place of that of the process */
export function machineOf({ env, home, platform }: Context, seen: Context['env'] = env): Machine {
  return { env: seen, home, platform, process, nodePath: process.execPath }
}
