import { describe, expect, test } from 'vitest'
import type { CredentialSource } from '../../../src/credentials/credential.ts'
import { createSupply } from '../../../src/gateway/supply.ts'
import { changingSource, failingSource, fixedSource, injectingFrom } from '../../support/credential-source.ts'

const PASSTHROUGH = { kind: 'passthrough' } as const

describe('what is supplied', () => {
  test('is at hand where every source is, and the same object for every request', () => {
    const supply = createSupply(injectingFrom(fixedSource('key')), { 'X-Team': fixedSource('team') })
    const supplied = supply.current()
    expect(supplied).toEqual({
      credential: { value: 'key', source: 'test' },
      headers: { 'X-Team': 'team' },
      secrets: [
        { value: 'key', source: 'test' },
        { value: 'team', source: 'test' },
      ],
    })
    expect(supply.current()).toBe(supplied)
  })

  test('has to be waited for where one source has to be', async () => {
    const supply = createSupply(injectingFrom(fixedSource('key')), { 'X-Team': changingSource('a', 'b') })
    const supplied = supply.current()
    expect(supplied).toBeInstanceOf(Promise)
    expect((await supplied).headers).toEqual({ 'X-Team': 'a' })
  })

  test('keeps the order of the headers, fixed ones among those of sources', () => {
    const headers = { 'X-One': fixedSource('1'), 'X-Two': '2', 'X-Three': fixedSource('3') }
    const supplied = createSupply(PASSTHROUGH, headers).current()
    expect(supplied).toMatchObject({
      credential: undefined,
      headers: { 'X-One': '1', 'X-Two': '2', 'X-Three': '3' },
    })
    expect(Object.keys((supplied as { headers: object }).headers)).toEqual(Object.keys(headers))
  })

  test('is nothing secret without sources', async () => {
    const supply = createSupply(PASSTHROUGH, { 'X-Team': 'blue' })
    const supplied = await supply.current()
    expect(supplied).toEqual({ credential: undefined, headers: { 'X-Team': 'blue' }, secrets: [] })
    expect(await supply.refresh(supplied)).toBeUndefined()
  })

  test('fails with the error of its source', async () => {
    const supply = createSupply(PASSTHROUGH, { 'X-Team': failingSource(new Error('gone')) })
    await expect(supply.current()).rejects.toThrow('gone')
  })

  test('fails once where one source fails at once and another one later', async () => {
    const atOnce: CredentialSource = {
      ...fixedSource('x'),
      current: () => {
        throw new Error('at once')
      },
    }
    const later = failingSource(new Error('later'))
    await expect(createSupply(injectingFrom(later), { 'X-Team': atOnce }).current()).rejects.toThrow()
    await new Promise((resolve) => setTimeout(resolve, 10))
  })
})

describe('a refresh', () => {
  test('gives what one of the sources has instead', async () => {
    const supply = createSupply(injectingFrom(fixedSource('key')), { 'X-Team': changingSource('a', 'b') })
    const fresh = await supply.refresh(await supply.current())
    expect(fresh?.headers).toEqual({ 'X-Team': 'b' })
    expect(await supply.current()).toEqual(fresh)
  })

  test('gives nothing where no source has anything else', async () => {
    const supply = createSupply(injectingFrom(changingSource('same', 'same')), { 'X-Team': fixedSource('a') })
    expect(await supply.refresh(await supply.current())).toBeUndefined()
  })

  test('gives what one source has where another one fails', async () => {
    const failing = changingSource('a', new Error('gone'))
    const supply = createSupply(injectingFrom(changingSource('old', 'new')), { 'X-Team': failing })
    const fresh = await supply.refresh(await supply.current())
    expect(fresh).toMatchObject({ credential: { value: 'new' }, headers: { 'X-Team': 'a' } })
  })

  test('gives what another request has brought meanwhile, without a look-up', async () => {
    const source = changingSource('old', 'new')
    const supply = createSupply(injectingFrom(source), {})
    const used = await supply.current()
    await supply.refresh(used)
    expect((await supply.refresh(used))?.credential?.value).toBe('new')
    expect(source.lookUps()).toBe(1)
  })
})
