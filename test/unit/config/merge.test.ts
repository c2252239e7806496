import { describe, expect, test } from 'vitest'
import { mergeLayers } from '../../../src/config/merge.ts'
import { CONFIG_KEYS, keyOf } from '../../../src/config/schema.ts'
import type { Setting } from '../../../src/config/setting.ts'

const auth = (value: string, origin: string): Setting => ({ key: 'auth', value, origin })
const header = (entry: string, value: string, origin: string): Setting => ({
  key: 'headers',
  entry,
  value,
  origin,
})

describe('mergeLayers', () => {
  test('of nothing gives each default, and no entries of maps', () => {
    const entries = mergeLayers([])
    expect(entries.map(({ key }) => key)).toEqual(CONFIG_KEYS.filter((key) => !keyOf(key).kind.entries))
    expect(entries.every(({ origin, shadowed }) => origin === 'default' && shadowed.length === 0)).toBe(true)
  })

  test('takes the first and remembers the rest', () => {
    const layers = [[], [auth('both', 'b')], [auth('bearer', 'c')], [auth('x-api-key', 'd')]]
    expect(find(layers, 'auth')).toEqual({
      name: 'auth',
      key: 'auth',
      value: 'both',
      origin: 'b',
      isEnforced: false,
      shadowed: [
        { value: 'bearer', origin: 'c' },
        { value: 'x-api-key', origin: 'd' },
      ],
    })
  })

  test('takes headers of one name for one entry, in any letter case', () => {
    const entries = mergeLayers([
      [header('x-a', '1', 'a')],
      [header('X-A', '2', 'b'), header('X-B', '3', 'b')],
    ])
    expect(entries.filter(({ key }) => key === 'headers')).toMatchObject([
      { name: 'headers.x-a', value: '1', shadowed: [{ value: '2', origin: 'b' }] },
      { name: 'headers.X-B', value: '3', shadowed: [] },
    ])
  })

  test('changes none of its layers', () => {
    const layers = [[Object.freeze(auth('both', 'a'))], [Object.freeze(auth('bearer', 'b'))]]
    mergeLayers(Object.freeze(layers.map((layer) => Object.freeze(layer))))
    expect(layers).toEqual([[auth('both', 'a')], [auth('bearer', 'b')]])
  })
})

function find(layers: readonly (readonly Setting[])[], name: string) {
  return mergeLayers(layers).find((entry) => entry.name === name)
}
