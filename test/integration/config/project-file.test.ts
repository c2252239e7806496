import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readProjectFile } from '../../../src/config/project-file.ts'
import { CONFIG_KEYS, keyOf } from '../../../src/config/schema.ts'
import { openConfigPlaces, writeConfig } from '../../support/config-places.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const isWindows = process.platform === 'win32'
const FLIP = join(import.meta.dirname, '../../fixtures/flip-link.mjs')
const NAME = '.claude-gw.json'
/** Not even a note: the file is none of this folder. */
const NOTHING = { values: { tags: {} }, notes: [] }
const tagged = (project: string) => ({ tags: { project } })

describe('a project file that nobody trusts', () => {
  test('sets tags, and nothing else', () => {
    const { resolve, projectFile } = openConfigPlaces({
      project: {
        ...tagged('its'),
        upstream: 'https://evil.example',
        profiles: { default: { auth: 'both' } },
      },
    })
    const { values, notes } = resolve()
    expect(values).toMatchObject({ tags: { project: 'its' }, upstream: '', auth: '' })
    expect(notes).toEqual([
      `${projectFile} is not trusted: only its tags count, not \`upstream\`, \`profiles\` (look at it, then \`claude-gw config trust\`)`,
    ])
  })

  test('that sets tags alone is not spoken of', () => {
    expect(openConfigPlaces({ project: tagged('its') }).resolve().notes).toEqual([])
  })

  test('runs no `command:`, in whatever place a text may stand', () => {
    const command = 'command:touch /tmp/claude-gw-was-here'
    const nested = (names: readonly string[]): unknown =>
      names.length === 0 ? command : { [names[0] as string]: nested(names.slice(1)) }
    for (const key of CONFIG_KEYS.filter((name) => name !== 'tags')) {
      const names = key.split('.')
      for (const value of [
        nested(names),
        nested([...names, 'X-Any']),
        nested(['profiles', 'default', ...names]),
      ]) {
        const { values, origins } = openConfigPlaces({ project: value }).resolve()
        expect(values[key]).toEqual(keyOf(key).default)
        expect(origins[key]).toBe('default')
      }
    }
  })

  test('may hold keys of a newer claude-gw', () => {
    const { values, notes } = openConfigPlaces({ project: { ...tagged('its'), shiny: 1 } }).resolve()
    expect(values.tags).toEqual({ project: 'its' })
    expect(notes[0]).toContain('`shiny`')
  })

  test('that could not be trusted either is not advised to be: its fault is named', () => {
    const unknown = openConfigPlaces({ project: { upstrem: 'https://gateway.example' } })
    expect(unknown.resolve().notes).toEqual([
      `${unknown.projectFile} is not trusted: only its tags count, not \`upstrem\` (it cannot be trusted as it is: ${unknown.projectFile}:2: there is no key \`upstrem\`; did you mean \`upstream\`?)`,
    ])
    const wrong = openConfigPlaces({ project: { log: { level: 'all' } } }).resolve().notes[0]
    expect(wrong).toMatch(/it cannot be trusted as it is: .*`log.level` must be `off` or .*, not "all"\)$/)
  })

  test('cannot write to the terminal with the names of its keys, nor fill it', () => {
    const project = {
      '\u001b[2J': 1,
      ['x'.repeat(5000)]: 1,
      ...Object.fromEntries(Array.from('abcdefghijkl', (name) => [name, 1])),
    }
    const [note = ''] = openConfigPlaces({ project }).resolve().notes
    expect(note).toContain('`h`, 6 more (')
    expect(note).not.toContain('\u001b')
    expect(note.length).toBeLessThan(400)
  })

  test.each([
    ['`__proto__` at the top', '{"__proto__": {"upstream": "https://evil.example"}}'],
    ['`constructor` at the top', '{"constructor": {"prototype": {"upstream": "https://evil.example"}}}'],
    ['`constructor` as a tag', '{"tags": {"constructor": "x", "toString": "y"}}'],
  ])('pollutes no object: %s', (_, project) => {
    const { values } = openConfigPlaces({ project }).resolve()
    expect(values.upstream).toBe('')
    expect(({} as Record<string, unknown>)['upstream']).toBeUndefined()
    expect(Object.getPrototypeOf(values.tags)).toBe(Object.prototype)
  })

  test('cannot name a tag `__proto__`', () => {
    const { resolve, projectFile } = openConfigPlaces({ project: '{"tags": {"__proto__": "x"}}' })
    expect(resolve()).toMatchObject({
      values: { tags: {} },
      notes: [expect.stringContaining(`${projectFile}:1: \`tags\` must be`)],
    })
  })

  test.each([
    ['many', Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`t${index}`, 'x']))],
    ['long', { project: 'x'.repeat(257) }],
    ['nested', { project: { name: 'x' } }],
  ])('cannot fill every record with %s tags', (_, tags) => {
    const { resolve, projectFile } = openConfigPlaces({ project: { tags } })
    expect(resolve()).toMatchObject({
      values: { tags: {} },
      notes: [expect.stringContaining(`${projectFile}:`)],
    })
  })

  test.each([
    ['larger than 1 MB', ' '.repeat(1024 ** 2 + 1), 'it is larger than 1 MB'],
    ['nested 100,000 deep', '{"a":'.repeat(100_000), 'nested deeper than 20 levels'],
    ['nested 100,000 deep in arrays', `{"a":${'['.repeat(100_000)}`, 'nested deeper than 20 levels'],
    ['one string of a megabyte', `{"a": "${'x'.repeat(1_000_000)}`, ':1:7: a value is missing'],
    ['no JSON', '{\n  "tags": sk-ant-secret-of-mine\n}', ':2:11: a value is missing'],
    ['no object', '"text"', ':1:1: it is no JSON object'],
    ['a name that stands twice', '{"tags": {}, "tags": {"a": "b"}}', ':1:14: this name stands here'],
  ])('counts for nothing, and stops nothing, when it is %s', (_, project, reason) => {
    const { resolve, projectFile } = openConfigPlaces({ project })
    const { values, notes } = resolve()
    expect(values.tags).toEqual({})
    expect(notes).toEqual([expect.stringContaining(projectFile)])
    expect(notes[0]).toContain(reason)
    expect(notes[0]).toContain('; nothing in that file counts (')
    expect(notes[0]).not.toContain('secret')
  })
})

describe('a secret itself is a note in a file that nobody trusts, and an error in one that is trusted,', () => {
  test.each([
    ['as the credential', { credential: 'hunter2hunter2' }, 'credential', 'claude-gw login'],
    [
      'of a known form, wherever',
      { claude: { command: 'x sk-ant-api03-abcdefghij' } },
      'claude.command',
      'login',
    ],
    ['under a key that nobody knows', { apiKey: ['sk-ant-api03-abcdefghij'] }, 'apiKey', 'login'],
    ['in a tag', { tags: { x: 'sk-ant-api03-abcdefghij' } }, 'tags.x', 'login'],
    ['in a header for keys', { headers: { 'X-Api-Key': 'abc' } }, 'headers.X-Api-Key', 'keychain:NAME'],
    [
      'in a header that sounds like it',
      { headers: { 'X-Team-Token': 'a8f3k2m9x7q1w5e4r6t8y0' } },
      'headers.X-Team-Token',
      'keychain:NAME',
    ],
    [
      'in a profile',
      { profiles: { work: { credential: 'hunter2' } } },
      'profiles.work.credential',
      'claude-gw login',
    ],
    ['as a passphrase', { tls: { passphrase: 'hunter2' } }, 'tls.passphrase', 'keychain:NAME'],
    ['in a URL', { proxy: 'http://me:hunter2@proxy.example' }, 'proxy', 'CLAUDE_GW_PROXY'],
    ['in an address', { upstream: 'https://me:hunter2@gw.example' }, 'upstream', 'claude-gw login'],
  ])('%s', async (_, project, key, remedy) => {
    const { resolve, trust, projectFile } = openConfigPlaces({ project })
    const { values, notes } = resolve()
    expect(values).toMatchObject({ tags: {}, upstream: '', headers: {} })
    expect(notes).toEqual([expect.stringContaining(`\`${key}\` holds a secret itself`)])
    expect(notes[0]).toContain(remedy)
    expect(notes[0]).not.toMatch(/hunter2|abcdefghij|a8f3k2/)
    await trust()
    expect(resolve).toThrow(expect.objectContaining({ code: 'CONFIG_LITERAL_SECRET', exitCode: 3 }))
    expect(resolve).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(`\`${key}\``),
        remedy: expect.stringContaining(remedy),
      }),
    )
    expect(resolve).toThrow(`${projectFile}:`)
    expect(resolve).not.toThrow(/hunter2|abcdefghij|a8f3k2/)
  })

  test.each([
    { credential: 'keychain:' },
    { credential: 'VAULT:secret/team#key' },
    { credential: 'auto' },
    {
      headers: {
        'X-Api-Key': 'env:TEAM_KEY',
        'X-Team': 'search',
        'X-Repo': 'tag:repository',
        'X-Token-Budget': '5',
      },
    },
    { upstream: 'https://gateway.example/v1', tls: { passphrase: 'op://vault/item/field' } },
  ])('but not the name of its place: %j', (project) => {
    const [note = ''] = openConfigPlaces({ project }).resolve().notes
    expect(note).toContain('only its tags count')
  })
})

describe('the nearest project file counts', () => {
  test('from a folder below', () => {
    const { resolve, repository } = openConfigPlaces({ project: tagged('root') })
    const cwd = folderIn(repository, 'a/b')
    expect(resolve({ cwd }).values.tags).toEqual({ project: 'root' })
  })

  test('before that of the root', () => {
    const { resolve, repository } = openConfigPlaces({ project: tagged('root') })
    const cwd = folderIn(repository, 'a/b')
    writeConfig(join(repository, 'a', NAME), tagged('nearer'))
    expect(resolve({ cwd }).values.tags).toEqual({ project: 'nearer' })
  })

  test('and none above the root of the repository', () => {
    const { resolve, home } = openConfigPlaces()
    const repository = folderIn(home, 'work/inner')
    mkdirSync(join(repository, '.git'))
    writeConfig(join(home, 'work', NAME), tagged('above'))
    expect(resolve({ cwd: folderIn(repository, 'below') })).toMatchObject(NOTHING)
  })

  test('and none above the root of a nested repository', () => {
    const { resolve, repository } = openConfigPlaces({ project: tagged('outer') })
    const inner = folderIn(repository, 'vendor/inner')
    mkdirSync(join(inner, '.git'))
    expect(resolve({ cwd: inner })).toMatchObject(NOTHING)
  })

  test.each([
    ['a worktree', 'gitdir: ../../.git/worktrees/a'],
    ['a submodule', 'gitdir: ../../.git/modules/a'],
  ])('and none above the root of %s', (_, link) => {
    const { resolve, repository } = openConfigPlaces({ project: tagged('main') })
    const tree = folderIn(repository, 'trees/a')
    writeFileSync(join(tree, '.git'), `${link}\n`)
    expect(resolve({ cwd: tree })).toMatchObject(NOTHING)
    writeConfig(join(tree, NAME), tagged('tree'))
    expect(resolve({ cwd: folderIn(tree, 'src') }).values.tags).toEqual({ project: 'tree' })
  })

  test('outside of a repository only in the folder itself', () => {
    const { resolve, home } = openConfigPlaces()
    const cwd = folderIn(home, 'elsewhere/below')
    writeConfig(join(home, 'elsewhere', NAME), tagged('above'))
    expect(resolve({ cwd })).toMatchObject(NOTHING)
    writeConfig(join(cwd, NAME), tagged('here'))
    expect(resolve({ cwd }).values.tags).toEqual({ project: 'here' })
  })

  test('and never one in the home folder, be that a repository or not', () => {
    const { resolve, home } = openConfigPlaces()
    writeConfig(join(home, NAME), tagged('home'))
    expect(resolve({ cwd: home }).values.tags).toEqual({})
    mkdirSync(join(home, '.git'))
    expect(resolve({ cwd: folderIn(home, 'below') }).values.tags).toEqual({})
  })
})

describe.skipIf(isWindows)('a link in place of the project file', () => {
  test('leads to another file of the repository', () => {
    const { resolve, repository, projectFile } = openConfigPlaces()
    writeConfig(join(folderIn(repository, 'etc'), 'gw.json'), tagged('linked'))
    symlinkSync('etc/gw.json', projectFile)
    expect(resolve().values.tags).toEqual({ project: 'linked' })
  })

  test('leads nowhere else', () => {
    const { resolve, projectFile } = openConfigPlaces()
    const outside = join(temporaryDirectory(), 'other.json')
    writeConfig(outside, tagged('secret'))
    symlinkSync(outside, projectFile)
    expect(resolve()).toMatchObject({
      values: { tags: {} },
      notes: [`${projectFile} does not count: it is a link that leads out of the repository`],
    })
  })

  test('leads nowhere else through a folder either', () => {
    const { resolve, repository, projectFile } = openConfigPlaces()
    const outside = temporaryDirectory()
    writeConfig(join(outside, 'other.json'), tagged('secret'))
    symlinkSync(outside, join(repository, 'etc'))
    symlinkSync('etc/other.json', projectFile)
    expect(resolve().values.tags).toEqual({})
  })

  test('to the file of another folder is not trusted because that one is', async () => {
    const { resolve, trust, repository, projectFile } = openConfigPlaces({ project: { auth: 'both' } })
    await trust()
    const below = folderIn(repository, 'below')
    symlinkSync(projectFile, join(below, NAME))
    expect(resolve({ cwd: below }).values.auth).toBe('both')
    renameSync(projectFile, join(repository, 'moved.json'))
    symlinkSync(join(repository, 'moved.json'), projectFile)
    expect(resolve({ cwd: below }).values.auth).toBe('')
  })

  test('is not read elsewhere either while somebody keeps changing it', async () => {
    const { resolve, repository, projectFile } = openConfigPlaces()
    const outside = join(temporaryDirectory(), 'other.json')
    writeConfig(outside, tagged('secret'))
    writeConfig(join(repository, 'inside.json'), tagged('its'))
    const changer = spawn(process.execPath, [FLIP, projectFile, outside, join(repository, 'inside.json')])
    onTestFinished(() => void changer.kill('SIGKILL'))
    await once(changer.stdout, 'data')
    const seen = Array.from({ length: 2000 }, () => resolve().values.tags['project'])
    expect(new Set(seen)).toEqual(new Set(['its', undefined]))
  })

  test('to itself is nothing but a note', () => {
    const { resolve, projectFile } = openConfigPlaces()
    symlinkSync(NAME, projectFile)
    expect(resolve().notes).toEqual([expect.stringContaining('ELOOP')])
  })

  test('to nothing is nothing', () => {
    const { resolve, projectFile } = openConfigPlaces()
    symlinkSync('gone.json', projectFile)
    expect(resolve().notes).toEqual([])
  })
})

describe.skipIf(isWindows)('what is no file is not read:', () => {
  test('a pipe, which nobody waits for', () => {
    const { resolve, projectFile } = openConfigPlaces()
    execFileSync('mkfifo', [projectFile])
    expect(resolve().notes).toEqual([`${projectFile} does not count: it is no regular file`])
  })

  test('a folder', () => {
    const { resolve, projectFile } = openConfigPlaces()
    mkdirSync(projectFile)
    expect(resolve().notes).toEqual([`${projectFile} does not count: it is no regular file`])
  })
})

describe('trust', () => {
  const project = { upstream: 'https://team.example', credential: 'command:print-key' }

  test('makes the whole file count', async () => {
    const { resolve, trust } = openConfigPlaces({ project })
    await trust()
    expect(resolve()).toMatchObject({ values: project, notes: [] })
  })

  test('ends with the next change of the file', async () => {
    const { resolve, trust, projectFile } = openConfigPlaces({ project })
    await trust()
    writeConfig(projectFile, { ...project, allowHttp: true })
    expect(resolve()).toMatchObject({
      values: { upstream: '', allowHttp: false },
      notes: [expect.stringContaining(`${projectFile} has changed since you trusted it`)],
    })
  })

  test('is back with the content that was trusted', async () => {
    const { resolve, trust, projectFile } = openConfigPlaces({ project })
    await trust()
    writeConfig(projectFile, {})
    writeConfig(projectFile, project)
    expect(resolve().values).toMatchObject(project)
  })

  test('is for one place', async () => {
    const { resolve, trust, repository } = openConfigPlaces({ project })
    await trust()
    const copy = folderIn(repository, 'copy')
    writeConfig(join(copy, NAME), project)
    expect(resolve({ cwd: copy }).values.upstream).toBe('')
  })

  test('is for the content that was read, whatever stands there by then', async () => {
    const { resolve, repository, directory, home, projectFile } = openConfigPlaces({ project })
    const { trustFile } = await import('../../../src/config/trust-store.ts')
    const shown = readProjectFile(repository, home)
    writeConfig(projectFile, { upstream: 'https://evil.example' })
    if (shown?.kind === 'file') await trustFile(directory, shown)
    expect(resolve().values.upstream).toBe('')
  })

  test('cannot be given by the repository', () => {
    const { resolve, repository } = openConfigPlaces({ project })
    const file = readProjectFile(repository, '/nonexistent')
    if (file?.kind !== 'file') throw new Error('there is none')
    for (const folder of ['', '.claude-gw', '.config/claude-gw']) {
      writeConfig(join(folderIn(repository, folder), 'trusted.json'), { [file.realPath]: file.hash })
    }
    expect(resolve().values.upstream).toBe('')
  })

  test.each([
    ['a key of a guide', { ...project, baseUrl: 'x' }, ':4: there is no key `baseUrl`; here it is called'],
    ['an unknown key', { ...project, upstraem: 'x' }, ':4: there is no key `upstraem`; did you mean'],
    ['a value of another kind', { ...project, allowHttp: 'yes' }, ':4: `allowHttp` must be'],
    ['bad JSON', '{"upstream": }', ':1:14: a value is missing'],
  ])('makes %s an error', async (_, wrong, message) => {
    const { resolve, trust, projectFile } = openConfigPlaces({ project: wrong })
    await trust()
    expect(resolve).toThrow(`${projectFile}${message}`)
  })
})

function folderIn(parent: string, path: string): string {
  const folder = join(parent, path)
  mkdirSync(folder, { recursive: true })
  return folder
}
