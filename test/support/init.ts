import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { configDirectory, userFilePath } from '../../src/config/paths.ts'

type Environment = Readonly<Record<string, string>>

/** What the user's file has; undefined where there is none. */
export function configOf(env: Environment): unknown {
  const path = userFilePath(configDirectory(env, env['HOME'] ?? '', process.platform))
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

/** All files below a folder, one after another: for what must not stand in any. */
export function filesBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => `${path}\n${readFileSync(path, 'latin1')}`)
    .join('\n')
}
