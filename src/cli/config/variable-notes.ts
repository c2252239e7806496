import { unknownVariables } from '../../config/unknown-variables.ts'
import type { Context } from '../context.ts'
import { escapeControls } from '../output.ts'

/**
 * Says on stderr which variables mean nothing. For what reads the log they are no error, but a misspelt
 * CLAUDE_GW_STATE_DIR would have it look in another place.
 */
export function tellUnknownVariables({ env, stderr, options }: Context): void {
  if (options.isQuiet) return
  for (const { name, hint } of unknownVariables(env)) {
    stderr.write(`claude-gw: the variable ${escapeControls(name)} means nothing${hint ? `; ${hint}` : ''}\n`)
  }
}
