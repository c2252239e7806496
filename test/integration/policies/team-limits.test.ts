import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openTeamStore } from '../../../src/policies/limits/team-store.ts'
import { asked, limitedMachine, passed, refusal } from '../../support/limits.ts'
import { redisUnavailable, startRedis } from '../../support/redis.ts'
import type { ThrowawayCa } from '../../support/throwaway-ca.ts'
import { createThrowawayCa, opensslUnavailable } from '../../support/throwaway-ca.ts'

const DAILY = { daily: { usd: 1, per: 'day' } }
const PASSWORD = 'canary-password'

async function openStore(options: Parameters<typeof openTeamStore>[0]) {
  const store = await openTeamStore(options)
  onTestFinished(() => store.close())
  return store
}

/** Two machines that know each other only by the store. */
async function team(port: number, rules: object, onStoreError?: 'local' | 'open' | 'closed') {
  const machines = await Promise.all(
    [1, 2].map(async () => {
      const machine = limitedMachine()
      const store = await openStore({ url: `redis://127.0.0.1:${port}` })
      const limits = machine.open(rules, { store, ...(onStoreError && { onStoreError }) })
      const spend = async (usd: number) => {
        const reservation = await passed(limits.decide(asked()))
        reservation.settle(machine.write({ cost_usd: usd }))
      }
      return { ...machine, limits, spend }
    }),
  )
  return machines as [(typeof machines)[0], (typeof machines)[0]]
}

function tlsOptions({ caPath, serverKeyPath }: ThrowawayCa, port: number): readonly string[] {
  const certificate = serverKeyPath.replace(/\.key$/, '.pem')
  return [
    ...['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no'],
    ...['--tls-cert-file', certificate, '--tls-key-file', serverKeyPath, '--tls-ca-cert-file', caPath],
  ]
}

/** Settling is not waited for. */
async function eventually<T>(look: () => T | Promise<T>, isThere: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const value = await look()
    if (isThere(value) || tries === 200) return value
    await sleep(50)
  }
}

describe.skipIf(redisUnavailable)(`limits of a team: ${redisUnavailable}`, () => {
  test('what one machine uses is gone for the other, by what it really was', async () => {
    const { port } = await startRedis()
    const [one, two] = await team(port, DAILY)
    await one.spend(0.6)
    await two.spend(0.3)
    await one.spend(0.2)
    const error = await eventually(
      () => refusal(two.limits.decide(asked())),
      (found) => found?.code === 'LIMIT_SPENT',
    )
    expect(error).toMatchObject({
      message: 'the budget `daily` is used up: $1.10 of $1.00 per day',
      remedy: expect.stringMatching(/^it has room again/),
    })
    await sleep(100)
    const again = await refusal(one.limits.decide(asked()))
    expect(again?.message).toBe('the budget `daily` is used up: $1.10 of $1.00 per day')
    expect(two.limits.accounts()).toMatchObject([{ rule: { name: 'daily' }, used: 1.1 }])
  })

  test('of many at once no more pass than there is room for', async () => {
    const { port } = await startRedis()
    const [one, two] = await team(port, { pace: { requests: 10, per: 'day' } })
    const decisions = await Promise.all(
      Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? one : two).limits.decide(asked())),
    )
    expect(decisions.filter(({ kind }) => kind === 'pass').length).toBe(10)
  })

  test('what is in flight of this machine stops for a while, not for good', async () => {
    const { port } = await startRedis()
    const [one] = await team(port, { hourly: { tokens: 1900, per: 'hour' } })
    const held = await passed(one.limits.decide(asked()))
    expect(await refusal(one.limits.decide(asked()))).toMatchObject({
      code: 'LIMIT_PACE',
      retryAfterSeconds: 5,
    })
    held.settle(one.write({ usage: { input_tokens: 10, output_tokens: 10 } }))
    expect(
      await eventually(
        () => refusal(one.limits.decide(asked())),
        (error) => error === undefined,
      ),
    ).toBeUndefined()
  })

  test('a limit of one process stays there', async () => {
    const { port } = await startRedis()
    const [one, two] = await team(port, { agents: { concurrent: 1 }, ...DAILY })
    await passed(one.limits.decide(asked()))
    expect(await refusal(one.limits.decide(asked()))).toMatchObject({ code: 'LIMIT_PACE' })
    expect(await refusal(two.limits.decide(asked()))).toBeUndefined()
  })

  test.each([
    ['local', undefined, 'LIMIT_SPENT'],
    ['open', undefined, undefined],
    ['closed', 'LIMIT_STORE_AWAY', 'LIMIT_STORE_AWAY'],
  ] as const)(
    'while redis is stopped, %s holds; when it is back, it counts again',
    async (choice, first, second) => {
      const redis = await startRedis()
      const [one, two] = await team(redis.port, DAILY, choice)
      await one.spend(0.2)
      await redis.stop()
      const decision = await eventually(
        () => one.limits.decide(asked()),
        () => one.troubles.length > 0,
      )
      expect(await refusal(decision)).toEqual(first && expect.objectContaining({ code: first, status: 503 }))
      if (decision.kind === 'pass') decision.reservation?.settle(one.write({ cost_usd: 0.9 }))
      expect((await refusal(one.limits.decide(asked())))?.code).toBe(second)
      expect(one.troubles).toEqual([
        expect.stringMatching(/^the store of the limits, redis:.* cannot be reached: /),
      ])
      await redis.start()
      await eventually(
        () => two.limits.decide(asked()),
        () => two.limits.accounts().length > 0,
      )
      const spent = choice === 'closed' ? undefined : 'LIMIT_SPENT'
      const code = await eventually(
        async () => [
          (await refusal(one.limits.decide(asked())))?.code,
          (await refusal(two.limits.decide(asked())))?.code,
        ],
        (codes) => codes.every((found) => found === spent),
      )
      expect(code).toEqual([spent, spent])
      expect(one.troubles).toHaveLength(1)
    },
  )

  // Each of them would wait for a second.
  test('a redis that takes commands and does not answer holds one request up', {
    timeout: 15_000,
  }, async () => {
    const redis = await startRedis()
    const [one] = await team(redis.port, DAILY, 'open')
    await one.spend(0.1)
    redis.signal('SIGSTOP')
    expect(await refusal(one.limits.decide(asked()))).toBeUndefined()
    expect(one.troubles).toHaveLength(1)
    for (let count = 0; count < 30; count++) await passed(one.limits.decide(asked()))
    redis.signal('SIGCONT')
    // Nothing of that was known when it fell silent.
    const used = () => one.limits.accounts()[0]?.used ?? 0
    await eventually(
      () => one.limits.decide(asked()),
      () => used() > 0,
    )
    expect(used()).toBeGreaterThanOrEqual(0.1)
  })

  test('a password is sent, and a wrong one is told without saying it', async () => {
    const { port } = await startRedis((chosen) => ['--port', String(chosen), '--requirepass', PASSWORD])
    const url = `redis://127.0.0.1:${port}`
    const right = await openStore({ url, password: PASSWORD })
    expect(await right.add('k', 3, 60)).toBe(3)
    const wrong = await openStore({ url: url.replace('//', '//default@'), password: 'canary-wrong' })
    const error = await wrong.add('k', 3, 60).catch((fault: unknown) => fault)
    expect(String(error)).toMatch(/WRONGPASS|NOAUTH/)
    expect(`${String(error)}${wrong.name}`).not.toContain('canary')
    expect(wrong.name).toBe(url)
  })

  test.each([
    ['canary-wrong', 'does not take the password of policies.limits.storeCredential: WRONGPASS'],
    [undefined, 'asks for a password: NOAUTH'],
  ])('with %s for its password, the key for it is named', async (password, told) => {
    const { port } = await startRedis((chosen) => ['--port', String(chosen), '--requirepass', PASSWORD])
    const store = await openStore({ url: `redis://127.0.0.1:${port}`, password })
    const error = await refusal(
      limitedMachine().open(DAILY, { store, onStoreError: 'closed' }).decide(asked()),
    )
    expect(error?.message).toContain(told)
    expect(error?.message).not.toMatch(/\.$/)
    expect(error?.remedy).toMatch(/^name the place .* policies\.limits\.storeCredential /)
  })

  test.skipIf(opensslUnavailable)(
    `it can be reached over TLS, if it is trusted: ${opensslUnavailable}`,
    async () => {
      const authority = createThrowawayCa()
      onTestFinished(authority.remove)
      const { port } = await startRedis((chosen) => tlsOptions(authority, chosen))
      const url = `rediss://127.0.0.1:${port}`
      const trusting = await openStore({ url, tls: { ca: [authority.ca] } })
      expect(await trusting.add('k', 3, 60)).toBe(3)
      const asking = await openStore({ url, tls: { systemAuthorities: async () => [authority.ca] } })
      expect(await asking.add('k', 3, 60)).toBe(6)
      const wary = await openStore({ url, tls: { systemAuthorities: async () => [] } })
      await expect(wary.add('k', 3, 60)).rejects.toThrow(/certificate|self-signed|unable to verify/)
    },
  )

  test.skipIf(opensslUnavailable)(
    `over TLS it is trusted too when it was away at first: ${opensslUnavailable}`,
    async () => {
      const authority = createThrowawayCa()
      onTestFinished(authority.remove)
      const redis = await startRedis((chosen) => tlsOptions(authority, chosen))
      await redis.stop()
      const asking = await openStore({
        url: `rediss://127.0.0.1:${redis.port}`,
        tls: { systemAuthorities: async () => [authority.ca] },
      })
      await expect(asking.add('k', 3, 60)).rejects.toThrow('ECONNREFUSED')
      await redis.start()
      const added = () => asking.add('k', 3, 60).catch(() => undefined)
      expect(await eventually(added, (sum) => sum !== undefined)).toBe(3)
    },
  )

  test('what was settled last is told before the store is closed', async () => {
    const { port } = await startRedis()
    const [one, two] = await team(port, DAILY)
    await one.spend(5)
    await one.limits.close()
    expect((await refusal(two.limits.decide(asked())))?.code).toBe('LIMIT_SPENT')
  })

  test('who only looks adds nothing, and is told how the limits of the team stand', async () => {
    const redis = await startRedis()
    const [one, two] = await team(redis.port, { ...DAILY, agents: { concurrent: 3 } }, 'closed')
    const client = new Redis(redis.port)
    onTestFinished(() => client.disconnect())
    const accounts = (used: number) => [
      { rule: { name: 'agents' }, used: 0, inFlight: 0 },
      { rule: { name: 'daily' }, used, inFlight: 0 },
    ]
    expect(await two.limits.look(asked())).toMatchObject({
      decision: { kind: 'pass' },
      accounts: accounts(0),
    })
    expect(await client.dbsize()).toBe(0)
    await one.spend(1.5)
    await one.limits.close()
    const look = await two.limits.look(asked())
    expect(look).toMatchObject({ decision: { kind: 'reject', rule: 'daily' }, accounts: accounts(1.5) })
    expect(existsSync(join(two.ledgerDirectory, 'inflight'))).toBe(false)
    await redis.stop()
    expect(await two.limits.look(asked())).toMatchObject({ decision: { kind: 'reject', rule: 'store' } })
  })

  test('sums of a window that is over are forgotten', async () => {
    const { port } = await startRedis()
    const store = await openStore({ url: `redis://127.0.0.1:${port}` })
    await store.add('k', 3, 1)
    await sleep(1500)
    expect(await store.add('k', 2, 60)).toBe(2)
  })
})
