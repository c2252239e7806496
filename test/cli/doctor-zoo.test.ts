import { describe, expect, test } from 'vitest'
import { GATEWAY_KEY, startBrokenGateway } from '../support/broken-gateway.ts'
import { runCli } from '../support/cli.ts'
import { checksIn } from '../support/examination.ts'
import { startModelApi } from '../support/model-api.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { ZOO } from '../support/zoo.ts'

/** A stream takes seconds. */
const NEEDS_TOKENS = ['streaming', 'pings', 'stream-end']

async function examined(upstream: string, ...args: string[]) {
  const env = {
    CLAUDE_GW_STATE_DIR: temporaryDirectory(),
    CLAUDE_GW_UPSTREAM: upstream,
    CLAUDE_GW_CREDENTIAL: 'env:GATEWAY_KEY',
    CLAUDE_GW_AUTH: 'bearer',
    GATEWAY_KEY,
  }
  const { stdout, stderr, exitCode } = await runCli(['doctor', '--json', ...args], { env })
  if (stdout === '') throw new Error(stderr)
  expect(stdout + stderr).not.toContain(GATEWAY_KEY)
  const { degraded } = JSON.parse(stdout) as { degraded: string[] }
  // What is to be found is told whatever this machine is like.
  const checks = checksIn(stdout).filter(({ isLocal }) => !isLocal)
  return {
    exitCode,
    checks,
    degraded,
    found: checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn'),
  }
}

test('of a healthy gateway nothing is said', async () => {
  const upstream = await startBrokenGateway(await startModelApi())
  const { exitCode, checks, found, degraded } = await examined(upstream, '--live')
  expect(found).toEqual([])
  expect(checks.filter(({ verdict }) => verdict === 'skipped')).toEqual([])
  expect({ exitCode, degraded }).toEqual({ exitCode: 0, degraded: [] })
})

describe('a gateway that', () => {
  test.each(ZOO.map((inmate) => [inmate.name, inmate] as const))('%s', async (_name, inmate) => {
    const [id, verdict] = inmate.finds
    const upstream = await startBrokenGateway(await startModelApi(), inmate.fault)
    const { exitCode, found } = await examined(upstream, ...(NEEDS_TOKENS.includes(id) ? ['--live'] : []))
    const report = found.find((check) => check.id === id)
    expect(report ?? found).toMatchObject({ id, verdict })
    expect(report?.evidence).toMatch(inmate.evidence)
    expect(report?.remedy).toMatch(inmate.remedy)
    expect(exitCode).toBe(found.some((check) => check.verdict === 'fail') ? 1 : 0)
    expect(found[0]?.id).toBe(id)
  })
})
