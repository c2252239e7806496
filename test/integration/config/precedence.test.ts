import { describe, expect, test } from 'vitest'
import { openConfigPlaces } from '../../support/config-places.ts'

const upstream = (name: string) => ({ upstream: `https://${name}.example` })

describe('six layers that all say something', () => {
  const open = async () => {
    const places = openConfigPlaces({
      machine: { ...upstream('machine'), auth: 'both', enforced: { claude: { command: '/opt/claude' } } },
      user: { ...upstream('user'), auth: 'bearer', maxBodyBytes: '1MB' },
      project: { ...upstream('project'), maxBodyBytes: 2048, allowHttp: true },
    })
    await places.trust()
    return places
  }

  test('the highest counts, and the others are remembered in their order with the lines they stand on', async () => {
    const { resolve, machineFile, userFile, projectFile } = await open()
    const options = {
      flags: { upstream: 'https://flag.example' },
      env: { CLAUDE_GW_UPSTREAM: 'https://variable.example' },
    }
    expect(resolve(options).entries.find(({ key }) => key === 'upstream')).toEqual({
      name: 'upstream',
      key: 'upstream',
      value: 'https://flag.example',
      origin: '--upstream',
      isEnforced: false,
      shadowed: [
        { value: 'https://variable.example', origin: 'CLAUDE_GW_UPSTREAM' },
        { value: 'https://project.example', origin: `${projectFile}:2` },
        { value: 'https://user.example', origin: `${userFile}:2` },
        { value: 'https://machine.example', origin: `${machineFile}:2` },
      ],
    })
  })

  test('each of them counts where those above it say nothing', async () => {
    const { resolve, machineFile, userFile, projectFile } = await open()
    const { values, origins, shadowed } = resolve({ env: { CLAUDE_GW_LOG_LEVEL: 'off' } })
    expect(values).toMatchObject({
      upstream: 'https://project.example',
      maxBodyBytes: 2048,
      allowHttp: true,
      auth: 'bearer',
      'log.level': 'off',
      'claude.command': '/opt/claude',
      'timeouts.connect': 10_000,
    })
    expect(origins).toMatchObject({
      upstream: `${projectFile}:2`,
      auth: `${userFile}:3`,
      'log.level': 'CLAUDE_GW_LOG_LEVEL',
      'claude.command': `${machineFile}:6`,
      'timeouts.connect': 'default',
    })
    expect(shadowed.auth).toEqual([{ value: 'both', origin: `${machineFile}:3` }])
  })
})

describe('maps', () => {
  test('are merged entry by entry, each with a place of its own', async () => {
    const { resolve, userFile, projectFile, trust } = openConfigPlaces({
      user: { headers: { 'X-Team': 'user', 'X-Other': 'o' }, tags: { project: 'mine', 'a.b': 'dotted' } },
      project: { headers: { 'x-team': 'project' }, tags: { project: 'its' } },
    })
    await trust()
    const { values, origins, entries } = resolve({ env: { CLAUDE_GW_TAGS: '{"costCenter":"7"}' } })
    expect(values.headers).toEqual({ 'x-team': 'project', 'X-Other': 'o' })
    expect(values.tags).toEqual({ project: 'its', 'a.b': 'dotted', costCenter: '7' })
    expect(origins.headers).toBe(`${projectFile}:3, ${userFile}:4`)
    expect(entries.find(({ name }) => name === 'tags.project')).toMatchObject({
      entry: 'project',
      value: 'its',
      origin: `${projectFile}:6`,
      shadowed: [{ value: 'mine', origin: `${userFile}:7` }],
    })
  })

  test('of aliases have dots in their names', () => {
    const { resolve } = openConfigPlaces({ user: { models: { aliases: { 'claude-3.5': 'bedrock.3.5' } } } })
    expect(resolve().values['models.aliases']).toEqual({ 'claude-3.5': 'bedrock.3.5' })
  })
})

describe('a profile', () => {
  const user = {
    upstream: 'https://all.example',
    profile: 'work',
    profiles: { work: { upstream: 'https://work.example' }, home: { auth: 'both' } },
  }

  test('goes before the top level of its file', () => {
    expect(openConfigPlaces({ user }).resolve().values.upstream).toBe('https://work.example')
  })

  test('has the top level for what it does not say', () => {
    const { values } = openConfigPlaces({ user }).resolve({ flags: { profile: 'home' } })
    expect(values).toMatchObject({ profile: 'home', upstream: 'https://all.example', auth: 'both' })
  })

  test('does not go before a higher file', async () => {
    const { resolve, trust } = openConfigPlaces({ user, project: { upstream: 'https://project.example' } })
    await trust()
    expect(resolve().values.upstream).toBe('https://project.example')
  })

  test('has parts in several files', async () => {
    const project = { profiles: { work: { auth: 'both' } } }
    const { resolve, trust } = openConfigPlaces({ user, project })
    await trust()
    expect(resolve().values).toMatchObject({ upstream: 'https://work.example', auth: 'both' })
  })

  test.each([
    ['a flag', { flags: { profile: 'home' }, env: { CLAUDE_GW_PROFILE: 'work' } }, 'home'],
    ['a variable', { env: { CLAUDE_GW_PROFILE: 'home' } }, 'home'],
    ['the user file', {}, 'work'],
    ['the name that is always there', { flags: { profile: 'default' } }, 'default'],
  ])('is chosen by %s', (_, options, expected) => {
    expect(openConfigPlaces({ user }).resolve(options).values.profile).toBe(expected)
  })

  test('that no file has is an error with those there are', () => {
    const { resolve } = openConfigPlaces({ user })
    expect(() => resolve({ flags: { profile: 'wrok' } })).toThrow(
      '--profile: there is no profile `wrok`; known are `default`, `work`, `home`',
    )
  })

  test('must be made first, also where no file has any', () => {
    const { resolve } = openConfigPlaces({ user: { auth: 'both', upstream: 'https://all.example' } })
    expect(() => resolve({ flags: { profile: 'x' } })).toThrow(
      '--profile: there is no profile `x`; known are `default`',
    )
  })

  test('is a mere label where no file has any, but an option or a variable names the upstream', () => {
    const { resolve } = openConfigPlaces({ user: { auth: 'both' } })
    const flags = { profile: 'x', upstream: 'https://x.example' }
    expect(resolve({ flags }).values.profile).toBe('x')
    const env = { CLAUDE_GW_PROFILE: 'y', CLAUDE_GW_UPSTREAM: 'https://y.example' }
    expect(resolve({ env }).values.profile).toBe('y')
  })

  test('may be a label that the administrator enforces', () => {
    const { resolve } = openConfigPlaces({ machine: { enforced: { profile: 'corp' } } })
    expect(resolve().values.profile).toBe('corp')
  })

  test('is not chosen or known by a project file that nobody trusts', () => {
    const { resolve } = openConfigPlaces({ user, project: { profile: 'evil', profiles: { evil: {} } } })
    expect(resolve().values.profile).toBe('work')
    expect(() => resolve({ flags: { profile: 'evil' } })).toThrow('no profile `evil`')
  })

  test('is chosen by a trusted project file', async () => {
    const { resolve, trust, projectFile } = openConfigPlaces({ user, project: { profile: 'home' } })
    await trust()
    expect(resolve()).toMatchObject({ values: { profile: 'home' }, origins: { profile: `${projectFile}:2` } })
  })
})
