import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const SRC = join(ROOT, 'src')

/** Top to bottom; a file imports only from its own room and from rooms of lower layers. */
const LAYERS = [
  ['main.ts', 'key.ts', 'statusline.ts', 'keychain-program.ts'],
  ['cli'],
  ['doctor', 'gateway', 'launch', 'broker', 'demo'],
  ['policies'],
  ['log', 'credentials', 'metrics', 'config'],
  ['claude', 'network', 'usage', 'exchange'],
  ['json'],
  ['base'],
]

/** The same within `cli`; what stands in none of them is known to all. */
const CLI_ROOMS = [
  ...['program', 'commands', 'help', 'setup', 'examination', 'run', 'session', 'config', 'usage', 'policies'],
  ...['logs', 'upstream', 'text'],
]

interface Import {
  readonly specifier: string
  readonly isType: boolean
  readonly isLazy: boolean
}

interface SourceFile {
  readonly path: string
  readonly room: string
  readonly text: string
  readonly imports: readonly Import[]
}

const files = readSources()

test('imports go down the layers, and rooms of one layer do not know each other', () => {
  const wrong = files.flatMap((file) =>
    localImports(file)
      .filter((target) => roomOf(target) !== file.room && layerOf(roomOf(target)) <= layerOf(file.room))
      .map((target) => `${file.path} imports ${relative(SRC, target)}`),
  )
  expect(wrong).toEqual([])
})

test('every room is in a layer', () => {
  const rooms = new Set(files.map((file) => file.room))
  expect([...rooms].filter((room) => layerOf(room) === -1)).toEqual([])
})

test('rooms of `cli` import only those further down', () => {
  const depth = (path: string) => {
    const [, room = '', name] = path.split('/')
    return name === undefined ? CLI_ROOMS.length : CLI_ROOMS.indexOf(room)
  }
  const own = files.filter((file) => file.room === 'cli')
  expect(own.filter(({ path }) => depth(path) === -1)).toEqual([])
  const wrong = own.flatMap((file) =>
    localImports(file)
      .map((target) => relative(SRC, target))
      .filter((target) => roomOf(join(SRC, target)) === 'cli' && depth(target) < depth(file.path))
      .map((target) => `${file.path} imports ${target}`),
  )
  expect(wrong).toEqual([])
})

test('no files go in circles, not even for types', () => {
  const onWay: string[] = []
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (file: SourceFile): void => {
    if (onWay.includes(file.path)) circles.push([...onWay, file.path].join(' → '))
    if (onWay.includes(file.path) || done.has(file.path)) return
    onWay.push(file.path)
    const targets = localImports(file, { isLazy: false }).map((target) => relative(SRC, target))
    for (const target of files) if (targets.includes(target.path)) visit(target)
    onWay.pop()
    done.add(file.path)
  }
  for (const file of files) visit(file)
  expect(circles).toEqual([])
})

test('a third-party package is imported by exactly one file', () => {
  const importers = new Map<string, string[]>()
  for (const file of files) {
    for (const name of new Set(packageImports(file))) {
      importers.set(name, [...(importers.get(name) ?? []), file.path])
    }
  }
  expect([...importers].filter(([, paths]) => paths.length > 1)).toEqual([])
})

test('only the entries and cli touch the process', () => {
  const wrong = files.filter(
    (file) =>
      !['main.ts', 'key.ts', 'statusline.ts', 'keychain-program.ts', 'cli'].includes(file.room) &&
      /(?<!-)\bprocess\.\w|=\s*process\b|globalThis\.process/.test(withoutComments(file.text)),
  )
  expect(wrong.map((file) => file.path)).toEqual([])
})

test('`key` loads no package, and later only what reads an administrator’s settings on macOS and Windows', () => {
  expect(packagesAtStart('key.ts')).toEqual([])
  const reached = reach('key.ts', { lazy: true })
  expect(reached.flatMap((file) => packageImports(file))).toEqual(['execa'])
  expect(reached.map((file) => file.room)).not.toContain('cli')
})

test('`statusline` loads no package, neither at once nor later, and little else', () => {
  const reached = reach('statusline.ts', { lazy: true })
  expect(reached.flatMap((file) => packageImports(file))).toEqual([])
  expect(reached.map((file) => file.room)).not.toContain('gateway')
  expect(reached.length).toBeLessThan(32)
})

test('`--version` loads no package', () => {
  expect(packagesAtStart('main.ts')).toEqual([])
})

test('`run` reaches no package before the child is started', () => {
  expect(packagesAtStart('cli/commands/run.ts')).toEqual([])
})

test('what serves requests imports nothing late, so that an upgrade under a running process breaks nothing', () => {
  const late = reach('gateway/service.ts', { lazy: true }).flatMap((file) =>
    file.imports.filter((entry) => entry.isLazy).map((entry) => `${file.path}: ${entry.specifier}`),
  )
  expect(late).toEqual([])
})

test('types are imported apart, because an emptied import still loads its file', () => {
  expect(files.filter((file) => /import \{[^}]*\btype\s/.test(file.text)).map((file) => file.path)).toEqual(
    [],
  )
})

test('there are no barrels and no collections without a noun', () => {
  const names = /(^|\/)(index|utils?|helpers?|common|misc|types)\.ts$/
  expect(
    files.filter((file) => names.test(file.path) && file.path !== 'policies/index.ts').map((f) => f.path),
  ).toEqual([])
  expect(files.filter((file) => /^export \* from/m.test(file.text)).map((file) => file.path)).toEqual([])
})

test('the top level holds nothing unexpected', () => {
  const known =
    /^(bin|src|test|dist|node_modules|coverage|package(-lock)?\.json|claude-gw-.*\.tgz|tsconfig\.json|biome\.json|vitest\.config\.ts|build\.js|README\.md|CHANGELOG\.md|CONTRIBUTING\.md|SECURITY\.md|LICENSE|\..*)$/
  expect(readdirSync(ROOT).filter((name) => !known.test(name))).toEqual([])
})

function readSources(): SourceFile[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => {
      const text = readFileSync(join(SRC, path), 'utf8')
      return { path, room: path.split('/')[0] ?? '', text, imports: importsOf(text) }
    })
}

function importsOf(text: string): Import[] {
  const fixed = [
    ...text.matchAll(/^(import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm),
  ].map(([, , type, from, bare]) => ({
    specifier: from ?? bare ?? '',
    isType: type !== undefined,
    isLazy: false,
  }))
  const lazy = [...text.matchAll(/\b(?:import|require)\(\s*'([^']+)'\s*\)/g)].map(([, specifier = '']) => ({
    specifier,
    isType: false,
    isLazy: true,
  }))
  return [...fixed, ...lazy]
}

function localImports(file: SourceFile, { isLazy } = { isLazy: true }): string[] {
  return file.imports
    .filter((entry) => entry.specifier.startsWith('.') && (isLazy || !entry.isLazy))
    .map(({ specifier }) => resolve(SRC, dirname(file.path), specifier))
    .filter((path) => existsSync(path))
}

function packageImports(file: SourceFile, { lazy } = { lazy: true }): string[] {
  return file.imports
    .filter(({ isType, isLazy }) => !isType && (lazy || !isLazy))
    .filter(({ specifier }) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
    .map(({ specifier }) => packageName(specifier))
}

/** `chalk/x` and `chalk` are one package. */
function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function reach(start: string, { lazy }: { readonly lazy: boolean }): SourceFile[] {
  const seen = new Map<string, SourceFile>()
  const visit = (path: string): void => {
    const file = files.find((candidate) => candidate.path === path)
    if (!file || seen.has(path)) return
    seen.set(path, file)
    for (const { specifier, isType, isLazy } of file.imports) {
      if (isType || (isLazy && !lazy) || !specifier.startsWith('.')) continue
      visit(relative(SRC, resolve(SRC, dirname(path), specifier)))
    }
  }
  visit(start)
  return [...seen.values()]
}

function packagesAtStart(path: string): string[] {
  return reach(path, { lazy: false }).flatMap((file) => packageImports(file, { lazy: false }))
}

function roomOf(path: string): string {
  return relative(SRC, path).split('/')[0] ?? ''
}

function layerOf(room: string): number {
  return LAYERS.findIndex((rooms) => rooms.includes(room))
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
}
