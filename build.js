// Few files in place of hundreds of modules, since to find and to read one takes Node longer than to run it.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { build } from 'rolldown'

const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(
  readFileSync('package.json', 'utf8'),
)
const packages = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })

await buildProgram({
  entries: { main: 'main', 'global-options': 'config/global-options' },
  parts: {
    base: ['main'],
    run: ['cli/process-context', 'cli/commands/run'],
    program: ['cli/program/program'],
    service: ['gateway/service'],
  },
  isFirst: true,
})
for (const name of ['key', 'statusline', 'keychain-program'])
  await buildProgram({ entries: { [name]: name }, parts: { [name]: [name] } })

/**
 * @param parts files that it is loaded in, and the modules that each begins with; what several of them need is in
 * `common`, and what is loaded later in others
 */
async function buildProgram({ entries, parts, isFirst = false }) {
  const input = Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, sourceOf(path)]))
  await build({
    input,
    platform: 'node',
    tsconfig: 'src/tsconfig.json',
    logLevel: 'warn',
    external: new RegExp(`^(${packages.join('|')})(/|$)`),
    preserveEntrySignatures: 'allow-extension',
    output: {
      dir: 'dist',
      cleanDir: isFirst,
      chunkFileNames: 'parts/[name]-[hash].js',
      codeSplitting: {
        groups: [
          {
            name: partNamer(parts, Object.values(input)),
            debugName: 'parts',
            includeDependenciesRecursively: false,
          },
        ],
      },
    },
  })
}

function partNamer(parts, entries) {
  let reached
  return (module, graph) => {
    // It waits for the others, so that none of them may wait for it.
    if (module === entries[0]) return null
    reached ??= Object.entries(parts).map(([name, starts]) => [
      name,
      reachedFrom(starts.map(sourceOf), graph),
    ])
    const [first = null, ...others] = reached
      .filter(([, modules]) => modules.has(module))
      .map(([name]) => name)
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
