import type { Writable } from 'node:stream'
import { GatewayError, reasonOf } from '../../base/errors.ts'

/** Tells a person what went wrong and what mends it. @returns the exit code */
export function reportError(stderr: Writable, error: unknown, isVerbose: boolean): number {
  const known = error instanceof GatewayError
  stderr.write(`claude-gw: ${known ? error.message : `internal error: ${reasonOf(error)}`}\n`)
  if (known && error.remedy) stderr.write(`  ${error.remedy}\n`)
  if (isVerbose && error instanceof Error) stderr.write(`${error.stack}\n`)
  return known ? error.exitCode : 1
}
