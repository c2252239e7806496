// Few files in place of hundreds of modules, since to find and to read one takes Node longer than to run it.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { build } from 'rolldown'

/** What is started again and again: one file each. */
const SMALL_PROGRAMS = ['key', 'statusline', 'keychain-program']

/** The files that the main program is loaded in, and the modules that each begins with. What several of them need is in `common`. */
const PARTS = {
  base: ['main'],
  run: ['cli/context', 'cli/commands/run'],
  program: ['cli/program/program'],
  service: ['gateway/service'],
}

const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(
  readFileSync('package.json', 'utf8'),
)
const packages = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })

const settings = {
  platform: 'node',
  tsconfig: 'src/tsconfig.json',
  logLevel: 'warn',
  external: new RegExp(`^(${packages.join('|')})(/|$)`),
}

await build({
  ...settings,
  input: { main: sourceOf('main'), 'global-options': sourceOf('config/global-options') },
  preserveEntrySignatures: 'allow-extension',
  output: {
    dir: 'dist',
    cleanDir: true,
    chunkFileNames: 'parts/[name]-[hash].js',
    codeSplitting: {
      groups: [{ name: partNamer(), debugName: 'parts', includeDependenciesRecursively: false }],
    },
  },
})
for (const name of SMALL_PROGRAMS)
  await build({
    ...settings,
    input: sourceOf(name),
    output: { file: `dist/${name}.js`, codeSplitting: false },
  })

function partNamer() {
  let parts
  return (module, graph) => {
    // It waits for the others, so that none of them may wait for it.
    if (module === sourceOf('main')) return null
    parts ??= Object.entries(PARTS).map(([name, starts]) => [name, reachedFrom(starts.map(sourceOf), graph)])
    const [first = null, ...others] = parts.filter(([, modules]) => modules.has(module)).map(([name]) => name)
    return first !== 'base' && others.length > 0 ? 'common' : first
  }
}

/** All that is loaded at once with some modules. */
function reachedFrom(modules, graph) {
  const reached = new Set(modules)
  for (const module of reached)
    for (const imported of graph.getModuleInfo(module)?.importedIds ?? []) reached.add(imported)
  return reached
}

function sourceOf(name) {
  return resolve('src', `${name}.ts`)
}
