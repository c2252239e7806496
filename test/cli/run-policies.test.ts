import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openHome, recordsOf, startAsking, upstreamEnv } from '../support/claude-run.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer } from '../support/faults.ts'
import { redisUnavailable, startRedis } from '../support/redis.ts'
import { createThrowawayCa, opensslUnavailable } from '../support/throwaway-ca.ts'

const RULES = JSON.stringify({ few: { requests: 2, per: 'hour' } })

/** A run whose child asks, with limits, and the policies of its records. */
async function limitedRun(env: Record<string, string> = {}) {
  const upstream = await startFaultUpstream(answer())
  onTestFinished(upstream.close)
  const home = openHome()
  const limits = { CLAUDE_GW_POLICIES_LIMITS_RULES: RULES, ...env }
  const run = await startAsking(home, { env: { ...upstreamEnv(upstream.url), ...limits } })
  const stderr = run.process.stderr ? text(run.process.stderr) : ''
  const ask = () => run.ask({ method: 'POST', path: '/v1/messages', bytes: 10 })
  return { ...run, ask, upstream, stderr, policies: () => recordsOf(home).map(({ policy }) => policy) }
}

test('a limit of the configuration holds, and its end is told when the run is over', async () => {
  const run = await limitedRun()
  const statuses = [await run.ask(), await run.ask(), await run.ask()].map(({ status }) => status)
  expect(statuses).toEqual([200, 200, 429])
  expect(await run.end()).toEqual([0, null])
  expect(await run.stderr).toContain('limit few: 2 of 2 requests per hour used (100 %)')
  expect(run.upstream.requests).toHaveLength(2)
  expect(run.policies()).toEqual([undefined, undefined, [{ rule: 'limits.few', action: 'limit', count: 1 }]])
})

test.each([
  ['closed', 503],
  ['open', 200],
])(
  'while the store of a team is away, `%s` answers %i, the run ends, and it is told once',
  async (choice, status) => {
    const run = await limitedRun({
      CLAUDE_GW_POLICIES_LIMITS_STORE: 'redis://127.0.0.1:9',
      CLAUDE_GW_POLICIES_LIMITS_STORE_CREDENTIAL: 'env:REDIS_PASSWORD',
      CLAUDE_GW_POLICIES_LIMITS_ON_STORE_ERROR: choice,
      REDIS_PASSWORD: 'password-of-the-store',
    })
    expect((await run.ask()).status).toBe(status)
    expect((await run.ask()).status).toBe(status)
    expect(run.env).not.toHaveProperty('REDIS_PASSWORD')
    expect(await run.end()).toEqual([0, null])
    const told = (await run.stderr).split('\n').filter((line) => line.includes('redis://127.0.0.1:9'))
    expect(told).toHaveLength(1)
    expect(await run.stderr).not.toContain('password-of-the-store')
  },
)

describe.skipIf(redisUnavailable ?? opensslUnavailable)(`a store over TLS: ${redisUnavailable}`, () => {
  test('two machines share a limit, by an authority that only they themselves trust', async () => {
    const authority = createThrowawayCa()
    onTestFinished(authority.remove)
    const { port } = await startRedis((chosen) => [
      ...['--port', '0', '--tls-port', String(chosen), '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', authority.serverKeyPath.replace(/\.key$/, '.pem')],
      ...['--tls-key-file', authority.serverKeyPath, '--tls-ca-cert-file', authority.caPath],
      ...['--requirepass', 'password-of-the-store'],
    ])
    const env = {
      CLAUDE_GW_POLICIES_LIMITS_STORE: `rediss://127.0.0.1:${port}`,
      CLAUDE_GW_POLICIES_LIMITS_STORE_CREDENTIAL: 'env:REDIS_PASSWORD',
      CLAUDE_GW_POLICIES_LIMITS_ON_STORE_ERROR: 'closed',
      REDIS_PASSWORD: 'password-of-the-store',
      SSL_CERT_FILE: authority.caPath,
    }
    const runs = [await limitedRun(env), await limitedRun(env)] as const
    const statuses = []
    for (const run of [runs[0], runs[1], runs[0], runs[1]]) statuses.push((await run.ask()).status)
    expect(statuses).toEqual([200, 200, 429, 429])
    for (const run of runs) expect(await run.end()).toEqual([0, null])
  })
})
