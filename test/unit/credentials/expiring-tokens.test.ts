import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Freshness } from '../../../src/credentials/credential.ts'
import {
  codeOf,
  counted,
  credential,
  FAILED,
  failsLater,
  has,
  later,
  open,
  START_MS,
  TTL,
} from '../../support/credential-stores.ts'
import { jwt } from '../../support/jwt.ts'

describe('a token that expires', () => {
  const token = (lifeMs: number, more = {}) => jwt({ exp: (START_MS + lifeMs) / 1000, ...more })

  test.each([
    ['an hour: 60 s before', 3_600_000, 3_540_000],
    ['a minute: at four fifths', 60_000, 48_000],
  ])('is renewed ahead of its end. %s', async (_case, lifeMs, aheadMs) => {
    const store = later(token(lifeMs))
    const { source, clock } = open([store])
    await source.current()
    clock.ms += aheadMs - 1
    void source.current()
    expect(store.reads).toBe(1)
    clock.ms += 1
    expect(source.current()).toEqual(credential(token(lifeMs)))
    expect(store.reads).toBe(2)
    await setImmediate()
  })

  test('is used no longer than the store allows', async () => {
    const store = later(token(3_600_000), TTL)
    const { source, clock } = open([store])
    await source.current()
    clock.ms += 300_000
    expect(source.current()).toBeInstanceOf(Promise)
  })

  test('is waited for anew at its end', async () => {
    const store = later(token(3_600_000))
    const { source, clock } = open([store])
    await source.current()
    store.value = token(7_200_000)
    clock.ms += 3_600_000
    expect(await source.current()).toEqual(credential(token(7_200_000)))
  })

  test('is not used past its end when there is no other, and the failure is told for 30 s', async () => {
    const store = later(token(3_600_000))
    const { source, clock } = open([store])
    await source.current()
    store.read = counted(store, failsLater().read)
    clock.ms += 3_600_000
    await expect(source.current()).rejects.toMatchObject(FAILED)
    expect(codeOf(() => source.current())).toBe('CREDENTIAL_FAILED')
    expect(store.reads).toBe(2)
  })

  test('is not used past its end by those who got a failure before', async () => {
    const store = later(token(290_000), TTL)
    const { source, clock } = open([store])
    await source.current()
    store.read = failsLater().read
    clock.ms += 289_000
    void source.current()
    await setImmediate()
    clock.ms += 1_000
    expect(codeOf(() => source.current())).toBe('CREDENTIAL_FAILED')
  })

  test.each<[string, Freshness]>([
    ['each use', 'each-use'],
    ['until refused', 'until-refused'],
    ['a while', TTL],
  ])('is refused if it has: %s', (_case, freshness) => {
    const current = () => open([has(token(0), freshness)]).source.current()
    expect(current).toThrow(
      'the credential test cannot be used: its token expired at 2026-11-20T12:00:00.000Z',
    )
    expect(current).not.toThrow(token(0))
  })

  test('is refused as soon as it has, where it is read at each use', () => {
    const { source, clock } = open([has(token(1_000), 'each-use')])
    void source.current()
    clock.ms += 1_000
    expect(codeOf(() => source.current())).toBe('CREDENTIAL_FAILED')
  })

  test('that came too late is no better than a failure: no other look-up for 30 s', async () => {
    const store = later(token(0))
    const { source } = open([store])
    await expect(source.current()).rejects.toMatchObject(FAILED)
    expect(codeOf(() => source.current())).toBe('CREDENTIAL_FAILED')
    expect(store.reads).toBe(1)
  })
})
