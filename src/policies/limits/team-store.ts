import { GatewayError, reasonOf } from '../../base/errors.ts'
import { isUnknownAuthority } from '../../network/verification.ts'
import type { StoreTls, StoreTrust } from './store-trust.ts'
import { createStoreTrust } from './store-trust.ts'

/** Sums that several machines share. */
export interface TeamStore {
  /** Its URL, without anything secret. */
  readonly name: string
  /**
   * Adds to a sum, or takes from it where `points` is negative; it is forgotten after a time.
   * @returns the sum afterwards
   * @throws any error where the store cannot be reached, within about a second
   */
  add(key: string, points: number, lifetimeSeconds: number): Promise<number>
  /** A sum as it is, 0 where there is none. @throws as `add` */
  read(key: string): Promise<number>
  close(): void
}

export interface TeamStoreOptions {
  /** `redis://` or `rediss://`, as `parseLimits` lets it pass. */
  readonly url: string
  readonly password?: string | undefined
  /** For `rediss://`. */
  readonly tls?: StoreTls | undefined
}

const CONNECT_MS = 2_000
const COMMAND_MS = 1_000
const RECONNECT_MS = { first: 100, longest: 2_000 }
const PREFIX = 'claude-gw:limits'
const REMEDY =
  'install both packages beside claude-gw (`npm install --global rate-limiter-flexible ioredis`), or remove policies.limits.store'

/**
 * Sums in Redis. The packages for it are loaded here alone, when there is a store; a connection is made in the background, and made
 * again as often as it is lost.
 * @throws GatewayError LIMIT_STORE_UNUSABLE where the packages are not there
 */
export async function openTeamStore({ url, password, tls }: TeamStoreOptions): Promise<TeamStore> {
  const { Redis, RateLimiterRedis } = await loadPackages(url)
  const trust = createStoreTrust(tls ?? {})
  const redis = new Redis(url, {
    ...(password !== undefined && { password }),
    ...(/^rediss:/i.test(url) && { tls: trust.options }),
    connectionName: 'claude-gw',
    connectTimeout: CONNECT_MS,
    commandTimeout: COMMAND_MS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times: number) => Math.min(times * RECONNECT_MS.first, RECONNECT_MS.longest),
  })
  let reason = 'there is no connection yet'
  let isLeft = false
  redis.on('error', (error: unknown) => {
    reason = reasonOf(error)
    // Also of a later connection: a store that was away at first tells then whom it is vouched for by.
    if (isUnknownAuthority(error)) void trust.widen()
  })
  redis.on('close', () => {
    isLeft = false
  })
  const firstAnswer = firstOutcome(redis, trust)
  const limiter = new RateLimiterRedis({
    ...{ storeClient: redis, keyPrefix: PREFIX, points: Number.MAX_SAFE_INTEGER, duration: 60 },
    rejectIfRedisNotReady: true,
  })
  const ask = async (command: () => Promise<{ readonly consumedPoints: number } | null>) => {
    await firstAnswer
    if (isLeft || redis.status !== 'ready') throw new Error(reason)
    try {
      return (await command())?.consumedPoints ?? 0
    } catch (error) {
      // A connection that swallows commands is left; until there is a new one nobody waits for it.
      if (!isLeft && redis.status === 'ready') redis.disconnect(true)
      isLeft = redis.status === 'ready'
      reason = reasonOf(error)
      throw error
    }
  }
  return {
    name: shownUrl(url),
    add: (key, points, lifetimeSeconds) =>
      ask(() => limiter.penalty(key, points, { customDuration: lifetimeSeconds })),
    read: (key) => ask(() => limiter.get(key)),
    close: () => redis.disconnect(),
  }
}

async function loadPackages(url: string) {
  try {
    const [{ Redis }, { RateLimiterRedis }] = await Promise.all([
      import('ioredis'),
      import('rate-limiter-flexible'),
    ])
    return { Redis, RateLimiterRedis }
  } catch (error) {
    const details = { store: shownUrl(url), reason: reasonOf(error).split('\n')[0] ?? '', remedy: REMEDY }
    throw new GatewayError('LIMIT_STORE_UNUSABLE', details, error)
  }
}

interface Connecting {
  once(event: 'ready' | 'close', listener: () => void): unknown
  once(event: 'error', listener: (error: unknown) => void): unknown
}

/**
 * Settles when the first connection stands or has failed, so that a first request does not take it for lost. One that failed for
 * want of an authority is followed by another, which may stand.
 */
function firstOutcome(redis: Connecting, trust: StoreTrust): Promise<void> {
  return new Promise((resolve) => {
    let isWidening = false
    redis.once('ready', resolve)
    redis.once('close', () => isWidening || resolve())
    redis.once('error', (error) => {
      isWidening = isUnknownAuthority(error)
      if (isWidening)
        void trust.widen().then((isWider) => (isWider ? secondOutcome(redis, resolve) : resolve()))
      else resolve()
    })
  })
}

function secondOutcome(redis: Connecting, resolve: () => void): void {
  redis.once('error', resolve)
  setTimeout(resolve, CONNECT_MS).unref()
}

function shownUrl(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//')
}
