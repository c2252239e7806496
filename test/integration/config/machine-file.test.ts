import { chmodSync, mkdirSync, renameSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../../src/base/errors.ts'
import { openConfigPlaces } from '../../support/config-places.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const isWindows = process.platform === 'win32'
const machine = { upstream: 'https://machine.example' }

describe.skipIf(isWindows)('a machine file counts only if it', () => {
  test('belongs to the administrator, with its folder', () => {
    expect(openConfigPlaces({ machine }).resolve()).toMatchObject({ values: machine, notes: [] })
  })

  test('belongs to nobody else', () => {
    const { resolve, machineFile } = openConfigPlaces({ machine })
    const { values, notes } = resolve({ administratorUid: 4711 })
    expect(values.upstream).toBe('')
    expect(notes).toEqual([expect.stringContaining(`${machineFile} does not count: it belongs to`)])
  })

  test.each([
    ['the group can write it', 0o664],
    ['everybody can write it', 0o646],
  ])('is not such that %s', (_, mode) => {
    const { resolve, machineFile } = openConfigPlaces({ machine })
    chmodSync(machineFile, mode)
    expect(resolve()).toMatchObject({
      values: { upstream: '' },
      notes: [`${machineFile} does not count: others can write it (mode 0${mode.toString(8)})`],
    })
  })

  test('is in a folder that no others can write', () => {
    const { resolve, machineFile } = openConfigPlaces({ machine })
    chmodSync(dirname(machineFile), 0o775)
    const { values, notes } = resolve()
    expect(values.upstream).toBe('')
    expect(notes).toEqual([expect.stringContaining(`others can write ${dirname(machineFile)} (mode 0775)`)])
  })

  test('is no link', () => {
    const { resolve, machineFile } = openConfigPlaces({ machine })
    renameSync(machineFile, `${machineFile}.real`)
    symlinkSync(`${machineFile}.real`, machineFile)
    expect(resolve()).toMatchObject({ values: { upstream: '' }, notes: [expect.stringContaining('a link')] })
  })

  test('is in a folder that is no link', () => {
    const { resolve, machineFile } = openConfigPlaces({ machine })
    const real = join(temporaryDirectory(), 'real')
    renameSync(dirname(machineFile), real)
    symlinkSync(real, dirname(machineFile))
    expect(resolve()).toMatchObject({ values: { upstream: '' }, notes: [expect.stringContaining('a link')] })
  })

  test('is a file', () => {
    const { resolve, machineFile } = openConfigPlaces()
    mkdirSync(machineFile)
    expect(resolve().notes).toEqual([`${machineFile} does not count: it is no regular file`])
  })
})

test('on Windows it does not count where nothing is known of who may write it', () => {
  const { resolve } = openConfigPlaces({ machine })
  expect(resolve({ platform: 'win32' })).toMatchObject({
    values: { upstream: '' },
    notes: [expect.stringContaining('who may write it is not known')],
  })
})

test.skipIf(isWindows || process.getuid?.() === 0)(
  'one that cannot be read stops everything (not as root, who can read all)',
  () => {
    const { resolve, machineFile } = openConfigPlaces({ machine })
    chmodSync(machineFile, 0)
    expect(resolve).toThrow(`cannot read ${machineFile}`)
  },
)

test('one that counts and is broken stops everything, so that nobody gets past it', () => {
  const { resolve, machineFile } = openConfigPlaces({ machine: '{"enforced": {' })
  expect(resolve).toThrow(`${machineFile}:1:15`)
})

describe.skipIf(isWindows)('what it enforces', () => {
  const enforcing = {
    enforced: {
      profile: 'work',
      tags: { costCenter: '42' },
      profiles: { work: { upstream: 'https://fixed.example' } },
    },
  }

  test('goes before every file', async () => {
    const other = { upstream: 'https://other.example', tags: { costCenter: '1', project: 'p' } }
    const { resolve, trust, userFile } = openConfigPlaces({
      machine: enforcing,
      user: { profiles: { work: other } },
      project: other,
    })
    await trust()
    const { values, entries } = resolve()
    expect(values).toMatchObject({
      profile: 'work',
      upstream: 'https://fixed.example',
      tags: { costCenter: '42', project: 'p' },
    })
    expect(entries.find(({ key }) => key === 'upstream')).toMatchObject({
      isEnforced: true,
      shadowed: [{ value: 'https://other.example' }, { origin: `${userFile}:4` }],
    })
  })

  test.each([
    ['a flag', { flags: { upstream: 'https://mine.example' } }, '--upstream', 'upstream'],
    ['a variable', { env: { CLAUDE_GW_UPSTREAM: 'https://mine.example' } }, 'CLAUDE_GW_UPSTREAM', 'upstream'],
    ['another profile', { flags: { profile: 'home' } }, '--profile', 'profile'],
    [
      'an entry of a map',
      { env: { CLAUDE_GW_TAGS: '{"costCenter":"1"}' } },
      'CLAUDE_GW_TAGS',
      'tags.costCenter',
    ],
  ])('cannot be changed by %s', (_, options, origin, key) => {
    const { resolve, machineFile } = openConfigPlaces({ machine: enforcing })
    const error = failureOf(() => resolve(options))
    expect(error).toMatchObject({ code: 'CONFIG_ENFORCED', exitCode: 3 })
    expect(error.message).toContain(`${origin}: \`${key}\` is fixed by ${machineFile}:`)
  })

  test.each([
    ['says the same', { flags: { profile: 'work', upstream: 'https://fixed.example' } }],
    ['says the same URL otherwise', { flags: { upstream: 'https://FIXED.example/v1/' } }],
    ['says something about another entry', { env: { CLAUDE_GW_TAGS: '{"project":"p"}' } }],
  ])('is not changed by what %s', (_, options) => {
    expect(openConfigPlaces({ machine: enforcing }).resolve(options).values.profile).toBe('work')
  })

  test('is not changed by a rule that says the same in another order', () => {
    const daily = { usd: 20, per: 'day', match: { model: 'a', user: 'b' } }
    const machine = { enforced: { policies: { limits: { rules: { daily } } } } }
    const same = '{"daily":{"match":{"user":"b","model":"a"},"per":"day","usd":20}}'
    const { resolve } = openConfigPlaces({ machine })
    expect(resolve({ env: { CLAUDE_GW_POLICIES_LIMITS_RULES: same } }).values).toMatchObject({
      'policies.limits.rules': { daily },
    })
    const env = { CLAUDE_GW_POLICIES_LIMITS_RULES: same.replace('20', '21') }
    expect(failureOf(() => resolve({ env }))).toMatchObject({ code: 'CONFIG_ENFORCED' })
  })

  test('cannot be changed by another name that the records have for it', async () => {
    const project = { tags: { cost_center: '1' } }
    expect(openConfigPlaces({ machine: enforcing, project }).resolve().values.tags).toEqual({
      costCenter: '42',
    })
  })

  test('is not for other files', () => {
    const { resolve, userFile } = openConfigPlaces({ user: { enforced: { auth: 'both' } } })
    expect(resolve).toThrow(`${userFile}:2: there is no key \`enforced\``)
  })
})

function failureOf(act: () => unknown): GatewayError {
  try {
    act()
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
  throw new Error('it did not fail')
}
