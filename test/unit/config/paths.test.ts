import { describe, expect, test } from 'vitest'
import { configDirectory, machineFilePath, stateDirectory } from '../../../src/config/paths.ts'

// As `conf` has it by way of env-paths, without the suffix.
describe.skipIf(process.platform === 'win32')('the folder of the user’s configuration', () => {
  test.each<[string, NodeJS.Platform, Record<string, string>, string]>([
    ['on Linux', 'linux', {}, '/home/me/.config/claude-gw'],
    ['where XDG has it', 'linux', { XDG_CONFIG_HOME: '/xdg' }, '/xdg/claude-gw'],
    [
      'not where a relative XDG variable leads',
      'linux',
      { XDG_CONFIG_HOME: 'xdg' },
      '/home/me/.config/claude-gw',
    ],
    ['on macOS', 'darwin', { XDG_CONFIG_HOME: '/xdg' }, '/home/me/Library/Preferences/claude-gw'],
    ['on Windows', 'win32', { APPDATA: '/roaming' }, '/roaming/claude-gw/Config'],
    ['on Windows without a variable', 'win32', {}, '/home/me/AppData/Roaming/claude-gw/Config'],
    ['where the user wants it', 'darwin', { CLAUDE_GW_CONFIG_DIR: '/mine' }, '/mine'],
  ])('is %s', (_, platform, env, expected) => {
    expect(configDirectory(env, '/home/me', platform)).toBe(expected)
  })

  test('is not relative, or a repository could have its own', () => {
    expect(() => configDirectory({ CLAUDE_GW_CONFIG_DIR: '.gw' }, '/home/me', 'linux')).toThrow(
      '`CLAUDE_GW_CONFIG_DIR` must be a path from the root',
    )
  })
})

describe.skipIf(process.platform === 'win32')('the folder of logs and running gateways', () => {
  test('is not relative, or a repository could have its own', () => {
    expect(() => stateDirectory({ CLAUDE_GW_STATE_DIR: '.gw' }, '/home/me', 'linux')).toThrow(
      '`CLAUDE_GW_STATE_DIR` must be a path from the root',
    )
    expect(stateDirectory({ XDG_STATE_HOME: 'xdg' }, '/home/me', 'linux')).toBe(
      '/home/me/.local/state/claude-gw',
    )
  })
})

test.each<[NodeJS.Platform, string]>([
  ['linux', '/etc/claude-gw/config.json'],
  ['darwin', '/Library/Application Support/claude-gw/config.json'],
])('the file of the machine on %s cannot be moved by a variable', (platform, expected) => {
  const env = { CLAUDE_GW_CONFIG_DIR: '/mine', XDG_CONFIG_HOME: '/xdg', ProgramData: '/mine' }
  expect(machineFilePath(env, platform)).toBe(expected)
})
