import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
let folder

/** Loads a module of src, such as `json/splice.js`: compiled by itself, which the build does not do. */
export function loadSource(path) {
  folder ??= compile()
  return import(pathToFileURL(join(folder, path)).href)
}

function compile() {
  const made = mkdtempSync(join(tmpdir(), 'claude-gw-bench-source-'))
  process.on('exit', () => rmSync(made, { recursive: true, force: true }))
  writeFileSync(join(made, 'package.json'), '{ "type": "module" }')
  symlinkSync(join(ROOT, 'node_modules'), join(made, 'node_modules'), 'junction')
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [compiler, '-p', join(ROOT, 'src'), '--noCheck', '--outDir', made])
  return made
}
