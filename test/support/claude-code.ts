import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestProject } from 'vitest/node'

/** The newest version that the end-to-end tests are known to pass with. */
const PINNED_VERSION = '2.1.329'

/** The real Claude Code, as tests get it with `inject('claudeCode')`. */
export interface ClaudeCode {
  readonly version: string
  /** Path of the program. */
  readonly path: string
}

declare module 'vitest' {
  interface ProvidedContext {
    claudeCode: ClaudeCode
  }
}

/** Gives the end-to-end tests a Claude Code of a known version; CLAUDE_CODE_VERSION chooses another. */
export function setup(project: TestProject): void {
  project.provide('claudeCode', provideClaudeCode(process.env['CLAUDE_CODE_VERSION'] || PINNED_VERSION))
}

function provideClaudeCode(version: string): ClaudeCode {
  const cache = process.env['CLAUDE_GW_TEST_CACHE'] || join(cacheDirectory(), 'claude-gw-test')
  const folder = join(cache, `claude-code-${version}`)
  if (!existsSync(folder)) install(version, cache, folder)
  const path = programIn(folder)
  checkVersion(path, version)
  return { version, path }
}

/** Installs beside the final folder and moves there, so that of two test runs the slower finds it done. */
function install(version: string, cache: string, folder: string): void {
  mkdirSync(cache, { recursive: true })
  const temporary = mkdtempSync(join(cache, 'installing-'))
  const name = `@anthropic-ai/claude-code@${version}`
  const quiet = ['--no-audit', '--no-fund', '--no-save', '--loglevel=error']
  // A native program, whatever Node.js its package asks for; this project's own strictness would come along with `npm run`.
  const options = [...quiet, '--engine-strict=false', '--prefix', temporary]
  try {
    const isWindows = process.platform === 'win32'
    execFileSync('npm', ['install', ...options, name], { stdio: 'inherit', shell: isWindows })
    checkVersion(programIn(temporary), version)
    renameSync(temporary, folder)
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    if (existsSync(folder)) return
    throw new Error(
      `The end-to-end tests need ${name}, and npm could not install it into ${cache}. Set CLAUDE_GW_TEST_CACHE to a folder that has it, or CLAUDE_CODE_VERSION to another version.`,
      { cause: error },
    )
  }
}

function programIn(folder: string): string {
  return join(folder, 'node_modules', '.bin', process.platform === 'win32' ? 'claude.cmd' : 'claude')
}

function checkVersion(path: string, version: string): void {
  const shown = execFileSync(path, ['--version'], {
    encoding: 'utf8',
    env: { ...process.env, CLAUDE_CONFIG_DIR: dirname(path) },
    shell: process.platform === 'win32',
  })
  if (!shown.startsWith(`${version} `))
    throw new Error(`${path} is not version ${version} but ${shown.trim()}`)
}

function cacheDirectory(): string {
  switch (process.platform) {
    case 'darwin':
      return join(homedir(), 'Library', 'Caches')
    case 'win32':
      return process.env['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local')
    default:
      return process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  }
}
