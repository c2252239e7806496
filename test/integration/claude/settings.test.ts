import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { ClaudePlaces } from '../../../src/claude/places.ts'
import { readSettings } from '../../../src/claude/settings.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

test('every source is there, highest first', async () => {
  const places = createPlaces()
  write(join(places.managed.directory, 'managed-settings.json'), { env: { A: 'base' } })
  write(join(places.managed.directory, 'managed-settings.d', '10-a.json'), { env: { A: '10' } })
  write(join(places.managed.directory, 'managed-settings.d', '20-b.json'), { env: { A: '20' } })
  write(join(places.managed.directory, 'managed-settings.d', '.hidden.json'), { env: { A: 'no' } })
  write(join(places.projectDirectory, '.claude', 'settings.local.json'), { env: { A: 'local' } })
  write(join(places.projectDirectory, '.claude', 'settings.json'), { env: { A: 'project' } })
  write(join(places.configDirectory, 'settings.json'), { env: { A: 'user' } })
  const layers = await readSettings(places, { settings: '{"env":{"A":"argument"}}' })
  expect(layers.map(({ scope, env }) => [scope, env['A']])).toEqual([
    ['managed', '20'],
    ['managed', '10'],
    ['managed', 'base'],
    ['argument', 'argument'],
    ['local', 'local'],
    ['project', 'project'],
    ['user', 'user'],
  ])
  expect(layers[0]?.origin).toBe(join(places.managed.directory, 'managed-settings.d', '20-b.json'))
})

test('without any file there is no layer', async () => {
  expect(await readSettings(createPlaces(), {})).toEqual([])
})

test('--setting-sources leaves files out', async () => {
  const places = createPlaces()
  write(join(places.projectDirectory, '.claude', 'settings.json'), {})
  write(join(places.configDirectory, 'settings.json'), {})
  const layers = await readSettings(places, { settingSources: ['project', 'local'] })
  expect(layers.map(({ scope }) => scope)).toEqual(['project'])
})

test('--settings may be a path, relative to the folder', async () => {
  const places = createPlaces()
  write(join(places.projectDirectory, 'own.json'), { apiKeyHelper: 'x' })
  const [layer] = await readSettings(places, { settings: 'own.json' })
  expect(layer).toMatchObject({ origin: join(places.projectDirectory, 'own.json'), apiKeyHelper: 'x' })
})

test('a --settings file that is not there is unreadable', async () => {
  const [layer] = await readSettings(createPlaces(), { settings: 'none.json' })
  expect(layer).toMatchObject({ scope: 'argument', unreadable: 'there is no such file' })
})

test('a pipe is left for Claude Code, with what is in it', async () => {
  const places = createPlaces()
  const path = join(temporaryDirectory(), 'pipe')
  execFileSync('mkfifo', [path])
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  onTestFinished(() => closeSync(fd))
  writeSync(fd, '{}')
  const [layer] = await readSettings(places, { settings: path })
  expect(layer).toMatchObject({ scope: 'argument', unreadable: 'it is no regular file' })
  const text = Buffer.alloc(2)
  readSync(fd, text)
  expect(text.toString()).toBe('{}')
})

test('a pipe that nobody writes to holds nothing up', async () => {
  const path = join(temporaryDirectory(), 'pipe')
  execFileSync('mkfifo', [path])
  const [layer] = await readSettings(createPlaces(), { settings: path })
  expect(layer?.unreadable).toBeDefined()
})

test('local settings of the repository’s root count below those of the folder', async () => {
  const places = createPlaces()
  const repositoryRoot = temporaryDirectory()
  write(join(repositoryRoot, '.claude', 'settings.local.json'), { env: { A: 'root' } })
  write(join(repositoryRoot, '.claude', 'settings.json'), { env: { A: 'not read' } })
  write(join(places.projectDirectory, '.claude', 'settings.local.json'), { env: { A: 'folder' } })
  const layers = await readSettings({ ...places, repositoryRoot }, {})
  expect(layers.map(({ env }) => env['A'])).toEqual(['folder', 'root'])
})

test('a broken file and a folder in its place are told', async () => {
  const places = createPlaces()
  mkdirSync(join(places.managed.directory, 'managed-settings.json'), { recursive: true })
  mkdirSync(places.configDirectory, { recursive: true })
  writeFileSync(join(places.configDirectory, 'settings.json'), '{')
  const layers = await readSettings(places, {})
  expect(layers.map(({ scope }) => scope)).toEqual(['managed', 'user'])
  expect(layers[0]?.unreadable).toBe('it is no regular file')
  expect(layers[1]?.unreadable).toBe('it is no valid JSON')
})

test('a managed-settings.d that is no folder of files is told', async () => {
  const places = createPlaces()
  write(join(places.managed.directory, 'managed-settings.d', 'a.json', 'b.json'), {})
  const [layer] = await readSettings(places, {})
  expect(layer).toMatchObject({ scope: 'managed' })
  expect(layer?.unreadable).toBe('it is no regular file')
})

test('a macOS preference file is read with plutil', async () => {
  const folder = temporaryDirectory()
  const file = join(folder, 'com.anthropic.claudecode.plist')
  writeFileSync(file, 'binary')
  program(join(folder, 'bin', 'plutil'), `[ "$1" = -convert ] && echo '{"forceLoginMethod":"console"}'`)
  prependPath(join(folder, 'bin'))
  const places = createPlaces({ preferenceFiles: [join(folder, 'none.plist'), file] })
  expect(await readSettings(places, {})).toMatchObject([{ origin: file, forceLoginMethod: 'console' }])
})

test('a preference file that plutil does not read is told', async () => {
  const folder = temporaryDirectory()
  const file = join(folder, 'com.anthropic.claudecode.plist')
  writeFileSync(file, 'rubbish')
  program(join(folder, 'bin', 'plutil'), 'echo "no property list" >&2; exit 1')
  prependPath(join(folder, 'bin'))
  const [layer] = await readSettings(createPlaces({ preferenceFiles: [file] }), {})
  expect(layer?.unreadable).toBe('plutil: no property list')
})

test('the registry goes around the files: the machine above, the user below', async () => {
  const registryProgram = registry({
    HKLM: { env: { A: 'machine' } },
    HKCU: { env: { A: 'user' } },
  })
  const places = createPlaces({ registryProgram })
  write(join(places.managed.directory, 'managed-settings.json'), { env: { A: 'file' } })
  const layers = await readSettings(places, {})
  expect(layers.map(({ env }) => env['A'])).toEqual(['machine', 'file', 'user'])
  expect(layers[0]?.origin).toBe('HKLM\\SOFTWARE\\Policies\\ClaudeCode')
})

test('a registry without the key is no layer', async () => {
  expect(await readSettings(createPlaces({ registryProgram: registry({}) }), {})).toEqual([])
})

test('a registry that cannot be asked is told', async () => {
  const registryProgram = join(temporaryDirectory(), 'reg')
  program(registryProgram, 'exit 5')
  const layers = await readSettings(createPlaces({ registryProgram }), {})
  expect(layers.map(({ unreadable }) => unreadable)).toEqual(['reg: exit code 5', 'reg: exit code 5'])
})

test.each([
  { machine: { env: {} }, user: { env: {} }, expected: [] },
  { machine: { wslInheritsWindowsSettings: true }, user: {}, expected: ['HKLM'] },
  {
    machine: { wslInheritsWindowsSettings: true },
    user: { wslInheritsWindowsSettings: true },
    expected: ['HKLM', 'HKCU'],
  },
])('WSL takes over from Windows $expected', async ({ machine, user, expected }) => {
  const registryProgram = registry({ HKLM: machine, HKCU: user })
  const places = createPlaces({ registryProgram, windowsDirectory: temporaryDirectory() })
  const layers = await readSettings(places, {})
  expect(layers.map(({ origin }) => origin.slice(0, 4))).toEqual(expected)
})

function createPlaces(managed: Partial<ClaudePlaces['managed']> = {}): ClaudePlaces {
  const root = temporaryDirectory()
  return {
    configDirectory: join(root, 'config'),
    globalConfigFile: join(root, 'config', '.claude.json'),
    projectDirectory: join(root, 'project'),
    managed: { directory: join(root, 'managed'), preferenceFiles: [], ...managed },
  }
}

function write(path: string, document: object): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, JSON.stringify(document))
}

function program(path: string, script: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
}

function prependPath(folder: string): void {
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
}

/** Answers as `reg query` does. */
function registry(hives: Readonly<Record<string, object>>): string {
  const path = join(temporaryDirectory(), 'reg')
  const cases = Object.entries(hives).map(
    ([hive, document]) =>
      `${hive}*) printf '\\r\\n%s\\r\\n    Settings    REG_SZ    %s\\r\\n\\r\\n' "$2" '${JSON.stringify(document)}';;`,
  )
  program(path, `case "$2" in\n${cases.join('\n')}\n*) exit 1;; esac`)
  return path
}
