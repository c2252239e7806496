import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Credential } from '../../../src/credentials/credential.ts'
import {
  codeOf,
  credential,
  deferred,
  FAILED,
  fails,
  failsLater,
  has,
  later,
  NOT_FOUND,
  open,
} from '../../support/credential-stores.ts'

describe('several stores', () => {
  test('the first that has something counts, and those behind it are not asked', () => {
    const stores = [has(undefined), has('b'), has('c')]
    expect(open(stores).source.current()).toEqual(credential('b'))
    expect(stores.map(({ reads }) => reads)).toEqual([1, 1, 0])
  })

  test('nothing anywhere is the error for that', () => {
    expect(codeOf(() => open([has(undefined), has(undefined)]).source.current())).toBe('CREDENTIAL_NOT_FOUND')
  })

  test('no store at all has nothing', () => {
    expect(codeOf(() => open([]).source.current())).toBe('CREDENTIAL_NOT_FOUND')
  })

  test('one that fails ends the search', () => {
    const behind = has('b')
    expect(codeOf(() => open([fails(), behind]).source.current())).toBe('CREDENTIAL_FAILED')
    expect(behind.reads).toBe(0)
  })

  test('so it is for those that have to be waited for', async () => {
    const source = open([later(undefined), has(undefined), later('c')]).source
    expect(await source.current()).toEqual(credential('c'))
    const behind = has('b')
    await expect(open([failsLater(), behind]).source.current()).rejects.toMatchObject(FAILED)
    expect(behind.reads).toBe(0)
    await expect(open([later(undefined), fails()]).source.current()).rejects.toMatchObject(FAILED)
    await expect(open([later(undefined)]).source.current()).rejects.toMatchObject(NOT_FOUND)
  })

  test('how long it is fresh, the store says that had it', () => {
    const found = has('b', 'until-refused')
    const { source, clock } = open([has(undefined, 'each-use'), found])
    void source.current()
    clock.ms += 1e9
    void source.current()
    expect(found.reads).toBe(1)
  })

  test('the one that had it is asked again first, and all once more where it has nothing any more', () => {
    const [first, second] = [has(undefined, 'each-use'), has('b', 'each-use')]
    const { source } = open([first, second])
    void source.current()
    expect(source.current()).toEqual(credential('b'))
    expect(first.reads).toBe(1)
    second.read = () => undefined
    first.read = () => credential('a')
    expect(source.current()).toEqual(credential('a'))
  })
})

describe('who waits', () => {
  test('is told once of a store that takes long', async () => {
    const slow = deferred<Credential>()
    const told: string[] = []
    const store = { ...later('a'), read: () => slow.promise }
    const { source } = open([store], { onWait: (reference) => told.push(reference), noticeAfterMs: 5 })
    const found = Promise.all([source.current(), source.current()])
    await vi.waitFor(() => expect(told).toEqual(['test']))
    await sleep(20)
    slow.resolve(credential('a'))
    await found
    expect(told).toEqual(['test'])
  })

  test('is told after 2 s if nothing else is said', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const told: string[] = []
    const store = { ...later('a'), read: () => new Promise<undefined>(() => {}) }
    void open([store], { onWait: (reference) => told.push(reference) }).source.current()
    await vi.advanceTimersByTimeAsync(1_999)
    expect(told).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(told).toEqual(['test'])
  })

  test.each([
    ['answered', later('a')],
    ['failed', failsLater()],
  ])('is not told of one that %s in time', async (_case, store) => {
    const told: string[] = []
    const options = { onWait: (reference: string) => told.push(reference), noticeAfterMs: 5 }
    await Promise.allSettled([open([store], options).source.current()])
    await sleep(20)
    expect(told).toEqual([])
  })
})
