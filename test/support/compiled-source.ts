import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll } from 'vitest'

/**
 * Compiles src for the tests of a file, and gives the URLs of its modules, for use in child processes.
 * @param hasPackages whether those find the packages of this one
 */
export function compiledSource({ hasPackages = true } = {}): (module: string) => string {
  const directory = mkdtempSync(join(tmpdir(), 'claude-gw-compiled-'))
  afterAll(() => rmSync(directory, { recursive: true }))
  beforeAll(() => {
    writeFileSync(join(directory, 'package.json'), '{ "type": "module" }')
    if (hasPackages) symlinkSync(resolve('node_modules'), join(directory, 'node_modules'), 'junction')
    execFileSync(process.execPath, [
      'node_modules/typescript/bin/tsc',
      '-p',
      'src',
      '--noCheck',
      '--outDir',
      directory,
    ])
  })
  return (module) => pathToFileURL(join(directory, module)).href
}
