import { expect } from 'vitest'
import { GATEWAY_KEY } from './broken-gateway.ts'
import { runCli } from './cli.ts'
import type { CheckReport } from './local-examination.ts'
import { checksIn } from './local-examination.ts'
import { temporaryDirectory } from './temporary-directory.ts'

export interface Examined {
  readonly exitCode: number | null
  readonly checks: readonly CheckReport[]
  /** Those that warned or failed. */
  readonly found: readonly CheckReport[]
  readonly degraded: readonly string[]
}

/** What `claude-gw doctor` says of a gateway, whatever this machine is like. @param args such as `--live` @param env over that of a user with its key */
export async function examined(
  upstream: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Examined> {
  const own = {
    CLAUDE_GW_STATE_DIR: temporaryDirectory(),
    CLAUDE_GW_UPSTREAM: upstream,
    CLAUDE_GW_CREDENTIAL: 'env:GATEWAY_KEY',
    CLAUDE_GW_AUTH: 'bearer',
    GATEWAY_KEY,
  }
  const { stdout, stderr, exitCode } = await runCli(['doctor', '--json', ...args], {
    env: { ...own, ...env },
  })
  if (stdout === '') throw new Error(stderr)
  expect(stdout + stderr).not.toContain(GATEWAY_KEY)
  const { degraded } = JSON.parse(stdout) as { degraded: string[] }
  const checks = checksIn(stdout).filter(({ isLocal }) => !isLocal)
  const found = checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn')
  return { exitCode, checks, degraded, found }
}
