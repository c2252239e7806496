import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../../src/base/errors.ts'
import type { Credential, Freshness } from '../../../src/credentials/credential.ts'
import {
  codeOf,
  counted,
  credential,
  deferred,
  FAILED,
  failsLater,
  has,
  later,
  NOT_FOUND,
  open,
  raise,
  START_MS,
  TTL,
  thrownBy,
} from '../../support/credential-stores.ts'
import { jwt } from '../../support/jwt.ts'

describe('check', () => {
  test('asks no store for its credential', () => {
    const store = has('a')
    open([store]).source.check()
    expect(store.reads).toBe(0)
  })

  test('tells what the first store knows, and not what a later one does', () => {
    const bad = { ...has('a'), check: raise }
    expect(codeOf(() => open([bad, has('b')]).source.check())).toBe('CREDENTIAL_FAILED')
    open([has('a'), bad]).source.check()
    open([]).source.check()
  })
})

describe('no promise', () => {
  test.each<[string, Freshness]>([
    ['each use', 'each-use'],
    ['until refused', 'until-refused'],
    ['a while', TTL],
  ])('where the stores need none: %s', (_case, freshness) => {
    const { source } = open([has(undefined), has('a', freshness)])
    expect(source.current()).not.toBeInstanceOf(Promise)
    expect(source.current()).not.toBeInstanceOf(Promise)
  })

  test('once a look-up is over', async () => {
    const { source } = open([later('a')])
    expect(source.current()).toBeInstanceOf(Promise)
    await source.current()
    expect(source.current()).toEqual(credential('a'))
  })
})

describe('at each use', () => {
  test('the store is asked, and what changed is seen at once', () => {
    const store = has('a', 'each-use')
    const { source } = open([store])
    void source.current()
    store.value = 'b'
    expect(source.current()).toEqual(credential('b'))
  })

  test('a failure is told, and is over as soon as its cause is', () => {
    const store = has('a', 'each-use')
    const { source } = open([store])
    void source.current()
    store.read = raise
    expect(codeOf(() => source.current())).toBe('CREDENTIAL_FAILED')
    store.read = () => credential('c')
    expect(source.current()).toEqual(credential('c'))
  })

  test('refresh asks the store too, however often', async () => {
    const store = has('a', 'each-use')
    const { source } = open([store])
    const refused = await source.current()
    expect(await source.refresh(refused)).toEqual(refused)
    store.value = 'b'
    expect(await source.refresh(refused)).toEqual(credential('b'))
  })
})

describe('until refused', () => {
  test('the store is asked once', async () => {
    const store = later('a')
    const { source, clock } = open([store])
    await source.current()
    clock.ms += 1e10
    expect(source.current()).toEqual(credential('a'))
    expect(store.reads).toBe(1)
  })

  test('a clock that is set back changes nothing', async () => {
    const { source, clock } = open([later('a')])
    await source.current()
    clock.ms -= 1e9
    expect(source.current()).toEqual(credential('a'))
  })
})

describe('for a while', () => {
  test('the store is asked behind it from four fifths on, once', async () => {
    const store = later('a', TTL)
    const { source, clock } = open([store])
    await source.current()
    store.value = 'b'
    clock.ms += 239_999
    expect(source.current()).toEqual(credential('a'))
    expect(store.reads).toBe(1)
    clock.ms += 1
    expect([source.current(), source.current()]).toEqual([credential('a'), credential('a')])
    expect(store.reads).toBe(2)
    await setImmediate()
    expect(source.current()).toEqual(credential('b'))
  })

  test('it is waited for at the end, by all together', async () => {
    const store = later('a', TTL)
    const { source, clock } = open([store])
    await source.current()
    store.value = 'b'
    clock.ms += 300_000
    const found = Array.from({ length: 50 }, () => source.current())
    expect(found.every((one) => one instanceof Promise)).toBe(true)
    expect(await Promise.all(found)).toEqual(Array(50).fill(credential('b')))
    expect(store.reads).toBe(2)
  })

  test('and no longer with a clock that is set back', async () => {
    const store = later('a', TTL)
    const { source, clock } = open([store])
    await source.current()
    clock.ms -= 1
    store.value = 'b'
    expect(await source.current()).toEqual(credential('b'))
  })

  test('of no time at all, it is asked at each use', async () => {
    const store = later('a', { ttlMs: 0 })
    const { source } = open([store])
    await source.current()
    await source.current()
    expect(store.reads).toBe(2)
  })

  test('a failure behind it is nobody’s, and the next try is 30 s later', async () => {
    const store = later('a', TTL)
    const { source, clock } = open([store])
    await source.current()
    store.read = counted(store, failsLater().read)
    clock.ms += 240_000
    expect(source.current()).toEqual(credential('a'))
    await setImmediate()
    clock.ms += 29_999
    expect(source.current()).toEqual(credential('a'))
    expect(store.reads).toBe(2)
    clock.ms += 1
    expect(source.current()).toEqual(credential('a'))
    expect(store.reads).toBe(3)
    await setImmediate()
  })

  test('a failure at the end leaves the old one in use, and the next try is 30 s later', async () => {
    const store = later('a', TTL)
    const { source, clock } = open([store])
    await source.current()
    store.read = counted(store, failsLater().read)
    clock.ms += 300_000
    expect(await source.current()).toEqual(credential('a'))
    clock.ms += 29_999
    expect(source.current()).toEqual(credential('a'))
    expect(store.reads).toBe(2)
    clock.ms += 1
    expect(await source.current()).toEqual(credential('a'))
    expect(store.reads).toBe(3)
  })

  test('a store that fails at once leaves the old one in use too', () => {
    const store = has('a', TTL)
    const { source, clock } = open([store])
    void source.current()
    store.read = raise
    clock.ms += 300_000
    expect(source.current()).toEqual(credential('a'))
  })

  test('but a store that has nothing any more at once is believed', () => {
    const store = has('a', TTL)
    const { source, clock } = open([store])
    void source.current()
    store.value = undefined
    clock.ms += 300_000
    expect(codeOf(() => source.current())).toBe('CREDENTIAL_NOT_FOUND')
  })

  test.each<[string, () => Promise<undefined>]>([
    ['is nothing there any more', async () => undefined],
    ['is one there for another origin', () => Promise.reject(new GatewayError('CREDENTIAL_ORIGIN'))],
  ])('but if there %s, the old one is over', async (_case, read) => {
    const store = later('a', TTL)
    const { source, clock } = open([store])
    await source.current()
    store.read = read
    clock.ms += 300_000
    await expect(source.current()).rejects.toThrow()
    await expect((async () => source.current())()).rejects.toThrow()
  })
})

describe('what the store knows to be wrong', () => {
  const wrongOrigin = (): never => {
    throw new GatewayError('CREDENTIAL_ORIGIN')
  }

  test.each<[string, Freshness]>([
    ['until refused', 'until-refused'],
    ['a while', TTL],
  ])('ends the use of what is remembered: %s', async (_case, freshness) => {
    const store = later('a', freshness)
    const { source } = open([store])
    await source.current()
    Object.assign(store, { check: wrongOrigin, read: async () => wrongOrigin() })
    await expect(source.current()).rejects.toMatchObject({ code: 'CREDENTIAL_ORIGIN' })
  })

  test('and may be over by the next look-up', async () => {
    const store = later('a')
    const { source } = open([store])
    await source.current()
    Object.assign(store, { value: 'b', check: wrongOrigin })
    expect(await source.current()).toEqual(credential('b'))
  })

  test('keeps the old one from being used while look-ups fail', async () => {
    const store = later('a', TTL)
    const { source, clock } = open([store])
    await source.current()
    store.read = failsLater().read
    clock.ms += 300_000
    expect(await source.current()).toEqual(credential('a'))
    store.check = wrongOrigin
    expect(() => source.current()).toThrow()
  })

  test('is not asked where the store is read at each use', () => {
    let checks = 0
    const check = () => {
      checks += 1
    }
    const store = { ...has('a', 'each-use'), check }
    const { source } = open([store])
    void source.current()
    void source.current()
    expect(checks).toBe(0)
  })
})

describe('a look-up', () => {
  test('is shared by all who come while it lasts', async () => {
    const store = later('a')
    const { source } = open([store])
    const found = await Promise.all(Array.from({ length: 50 }, () => source.current()))
    expect(found).toEqual(Array(50).fill(credential('a')))
    expect(store.reads).toBe(1)
  })

  test('that failed fails for all of them, and for 30 s with the same error', async () => {
    const store = failsLater()
    const { source, clock } = open([store])
    const outcomes = await Promise.allSettled([source.current(), source.current()])
    const [error] = outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason)
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    clock.ms += 29_999
    expect(thrownBy(() => source.current())).toBe(error)
    expect(store.reads).toBe(1)
    clock.ms += 1
    await expect(source.current()).rejects.toThrow()
    expect(store.reads).toBe(2)
  })

  test('that failed is not held against a clock that is set back', async () => {
    const store = failsLater()
    const { source, clock } = open([store])
    await expect(source.current()).rejects.toThrow()
    clock.ms -= 1e9
    await expect(source.current()).rejects.toThrow()
    expect(store.reads).toBe(2)
  })

  test('that failed is forgotten with the next one that does not', async () => {
    const store = later('a', TTL)
    const read = store.read
    store.read = () => Promise.reject(new GatewayError('CREDENTIAL_FAILED'))
    const { source, clock } = open([store])
    await expect(source.current()).rejects.toThrow()
    clock.ms += 30_000
    store.read = read
    await source.current()
    clock.ms -= 1
    expect(await source.current()).toEqual(credential('a'))
    expect(store.reads).toBe(2)
  })

  test('that found nothing is not repeated for 5 s if it had to be waited for', async () => {
    const store = later(undefined)
    const { source, clock } = open([store])
    await expect(source.current()).rejects.toMatchObject(NOT_FOUND)
    store.value = 'a'
    clock.ms += 4_999
    expect(codeOf(() => source.current())).toBe('CREDENTIAL_NOT_FOUND')
    expect(store.reads).toBe(1)
    clock.ms += 1
    expect(await source.current()).toEqual(credential('a'))
  })

  test('that found a key for another origin is over as soon as its cause is', async () => {
    const store = later('a')
    const read = store.read
    store.read = () => Promise.reject(new GatewayError('CREDENTIAL_ORIGIN'))
    const { source } = open([store])
    await expect(source.current()).rejects.toMatchObject({ code: 'CREDENTIAL_ORIGIN' })
    store.read = read
    expect(await source.current()).toEqual(credential('a'))
  })
})

describe('refresh', () => {
  test('asks the store once for all who were refused, and the others see it', async () => {
    const store = later('a')
    const { source } = open([store])
    const refused = await source.current()
    store.value = 'b'
    const found = await Promise.all(Array.from({ length: 50 }, () => source.refresh(refused)))
    expect(found).toEqual(Array(50).fill(credential('b')))
    expect(source.current()).toEqual(credential('b'))
    expect(store.reads).toBe(2)
  })

  test('gives the newer one at once to whom was refused an older one', async () => {
    const store = later('a')
    const { source } = open([store])
    const refused = await source.current()
    store.value = 'b'
    await source.refresh(refused)
    const slow = deferred<Credential>()
    store.read = () => slow.promise
    const other = source.refresh(credential('b'))
    await setImmediate()
    expect(await source.refresh(refused)).toEqual(credential('b'))
    slow.resolve(credential('c'))
    expect(await other).toEqual(credential('c'))
  })

  test('asks no store again for whom was refused while it is asked for another', async () => {
    const store = later('a')
    const { source } = open([store])
    const refused = await source.current()
    const slow = deferred<Credential>()
    store.read = counted(store, () => slow.promise)
    const first = source.refresh(refused)
    await setImmediate()
    const rest = Array.from({ length: 50 }, () => source.refresh(refused))
    slow.resolve(credential('a'))
    expect(await Promise.all([first, ...rest])).toEqual(Array(51).fill(refused))
    expect(store.reads).toBe(2)
  })

  test('takes another credential from a look-up that is under way', async () => {
    const store = later('a', TTL)
    const { source, clock } = open([store])
    const refused = await source.current()
    store.value = 'b'
    clock.ms += 240_000
    void source.current()
    expect(await source.refresh(refused)).toEqual(credential('b'))
    expect(store.reads).toBe(2)
  })

  test('asks again where such a look-up may have come too early, once for all', async () => {
    const store = later('a', TTL)
    const { source, clock } = open([store])
    const refused = await source.current()
    const early = deferred<Credential>()
    store.read = counted(store, () => early.promise)
    clock.ms += 240_000
    void source.current()
    const refreshed = Array.from({ length: 50 }, () => source.refresh(refused))
    store.read = counted(store, async () => credential('b'))
    early.resolve(credential('a'))
    expect(await Promise.all(refreshed)).toEqual(Array(50).fill(credential('b')))
    expect(store.reads).toBe(3)
  })

  test('after a look-up that brought the same again there is none for 30 s', async () => {
    const store = later('a')
    const { source, clock } = open([store])
    const refused = await source.current()
    await Promise.all(Array.from({ length: 50 }, () => source.refresh(refused)))
    store.value = 'b'
    clock.ms += 29_999
    expect(await source.refresh(refused)).toEqual(refused)
    expect(store.reads).toBe(2)
    clock.ms += 1
    expect(await source.refresh(refused)).toEqual(credential('b'))
  })

  test('after one that brought another there may be the next at once', async () => {
    const store = later('a')
    const { source } = open([store])
    const refused = await source.current()
    store.value = 'b'
    const next = await source.refresh(refused)
    store.value = 'c'
    expect(await source.refresh(next)).toEqual(credential('c'))
  })

  test('nor does one that brought the same hold up those for the next credential', async () => {
    const store = later('a', { ttlMs: 10_000 })
    const { source, clock } = open([store])
    await source.refresh(await source.current())
    clock.ms += 10_000
    store.value = 'b'
    const next = await source.current()
    store.value = 'c'
    expect(await source.refresh(next)).toEqual(credential('c'))
  })

  test('after one that failed there is none for 30 s, and the old one stays in use', async () => {
    const store = later('a')
    const { source, clock } = open([store])
    const refused = await source.current()
    store.read = counted(store, failsLater().read)
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => source.refresh(refused)))
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
    await expect(source.refresh(refused)).rejects.toMatchObject(FAILED)
    expect(source.current()).toEqual(refused)
    expect(store.reads).toBe(2)
    clock.ms += 30_000
    await expect(source.refresh(refused)).rejects.toMatchObject(FAILED)
    expect(store.reads).toBe(3)
  })

  test('where there is none any more, the refused one is over', async () => {
    const store = later('a')
    const { source } = open([store])
    const refused = await source.current()
    store.value = undefined
    await expect(source.refresh(refused)).rejects.toMatchObject(NOT_FOUND)
    expect(codeOf(() => source.current())).toBe('CREDENTIAL_NOT_FOUND')
  })

  test('asks the stores in their own order, so that a better one is found again', async () => {
    const [better, other] = [later(undefined), has('env', 'each-use')]
    const { source } = open([better, other])
    const refused = await source.current()
    better.value = 'stored'
    expect(source.current()).toEqual(credential('env'))
    expect(await source.refresh(refused)).toEqual(credential('stored'))
    expect(source.current()).toEqual(credential('stored'))
  })

  test('asks such a better one only once in 30 s, however often the other is refused', async () => {
    const [better, other] = [later(undefined), has('env', 'each-use')]
    const { source, clock } = open([better, other])
    const refused = await source.current()
    await source.refresh(refused)
    void source.current()
    await source.refresh(refused)
    expect(better.reads).toBe(2)
    clock.ms += 30_000
    await source.refresh(refused)
    expect(better.reads).toBe(3)
  })

  test('does not give a token past its end, even so soon after a look-up', async () => {
    const token = jwt({ exp: (START_MS + 10_000) / 1000 })
    const store = later(token)
    const { source, clock } = open([store])
    const refused = await source.current()
    await source.refresh(refused)
    clock.ms += 10_000
    store.value = 'b'
    expect(await source.refresh(refused)).toEqual(credential('b'))
  })
})
