import { existsSync } from 'node:fs'
import type { CommandOutcome } from '../base/command.ts'
import { runCommand } from '../base/command.ts'
import type { SettingsLayer } from './layer.ts'
import { parseLayer, unreadableLayer } from './layer.ts'

const TIMEOUT_MS = 5000

/** Settings of the macOS preference files that exist, in the given order; `plutil` is started only for these. */
export async function readPreferences(files: readonly string[]): Promise<readonly SettingsLayer[]> {
  return Promise.all(files.filter((file) => existsSync(file)).map(readPreferenceFile))
}

async function readPreferenceFile(file: string): Promise<SettingsLayer> {
  const outcome = await runCommand('plutil', ['-convert', 'json', '-o', '-', '--', file], {
    timeoutMs: TIMEOUT_MS,
  })
  if (outcome.kind === 'exited' && outcome.exitCode === 0) return parseLayer('managed', file, outcome.stdout)
  return unreadableLayer('managed', file, `plutil: ${failureOf(outcome)}`)
}

/**
 * Settings of the registry value `Settings` in `<hive>\SOFTWARE\Policies\ClaudeCode`; undefined if there is none.
 * `reg query` exits with 1 when the key or value does not exist, and says so in the language of the system.
 */
export async function readRegistry(
  program: string,
  hive: 'HKLM' | 'HKCU',
): Promise<SettingsLayer | undefined> {
  const key = `${hive}\\SOFTWARE\\Policies\\ClaudeCode`
  const outcome = await runCommand(program, ['query', key, '/v', 'Settings'], { timeoutMs: TIMEOUT_MS })
  if (outcome.kind === 'not-found' || (outcome.kind === 'exited' && outcome.exitCode === 1)) return undefined
  if (outcome.kind === 'failed' || outcome.exitCode !== 0)
    return unreadableLayer('managed', key, `reg: ${failureOf(outcome)}`)
  const value = /^\s+Settings\s+REG_(?:EXPAND_)?SZ\s+(.*)$/im.exec(outcome.stdout)?.[1]
  if (value === undefined) return unreadableLayer('managed', key, 'its value `Settings` is no text')
  return parseLayer('managed', key, value)
}

function failureOf(outcome: CommandOutcome): string {
  switch (outcome.kind) {
    case 'exited':
      return outcome.stderr.trim() || `exit code ${outcome.exitCode}`
    case 'not-found':
      return 'not found'
    case 'failed':
      return outcome.reason
  }
}
