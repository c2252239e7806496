import { describe, expect, test } from 'vitest'
import { keychainFailure, keychainSilence } from '../../../src/credentials/keychain-fault.ts'

const fault = (message: string, platform: NodeJS.Platform, stage: 'load' | 'call' = 'call') =>
  keychainFailure({ stage, message }, platform, 51_234)

describe('libsecret and what it talks to', () => {
  test.each([
    ['Cannot create an item in a locked collection', 'KEYCHAIN_LOCKED'],
    ['Prompt was dismissed', 'KEYCHAIN_LOCKED'],
    ['Object does not exist at path “/org/freedesktop/secrets/collection/login”', 'KEYCHAIN_NO_COLLECTION'],
    ["No such object path '/org/freedesktop/secrets/aliases/default'", 'KEYCHAIN_NO_COLLECTION'],
    ['Objekt existiert nicht im Pfad »/org/freedesktop/secrets/collection/login«', 'KEYCHAIN_NO_COLLECTION'],
    ['The name org.freedesktop.secrets was not provided by any .service files', 'KEYCHAIN_NO_BUS'],
    ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'KEYCHAIN_NO_BUS'],
    ['Could not connect: No such file or directory', 'KEYCHAIN_NO_BUS'],
    ['Address element “nonsense” does not contain a colon (:)', 'KEYCHAIN_NO_BUS'],
    ['The connection is closed', 'KEYCHAIN_FAILED'],
    ['Timeout was reached', 'KEYCHAIN_SILENT'],
    ['it does not give back what was stored', 'KEYCHAIN_FAILED'],
  ])('%s is %s', (message, code) => {
    expect(fault(message, 'linux').code).toBe(code)
  })
})

/** Texts of SecCopyErrorMessageString. */
describe('the macOS keychain', () => {
  test.each([
    ['User interaction is not allowed.', 'KEYCHAIN_LOCKED', 'security unlock-keychain'],
    ['User interaction is required, but is currently not allowed.', 'KEYCHAIN_LOCKED', 'SSH session'],
    ['User canceled the operation.', 'KEYCHAIN_LOCKED', 'allow the access'],
    ['The user name or passphrase you entered is not correct.', 'KEYCHAIN_LOCKED', 'unlock-keychain'],
    ['A default keychain could not be found.', 'KEYCHAIN_NO_COLLECTION', 'security default-keychain'],
    ['No keychain is available. You may need to restart.', 'KEYCHAIN_NO_COLLECTION', 'default-keychain'],
    ['An unknown error occurred.', 'KEYCHAIN_FAILED', 'security unlock-keychain'],
  ])('%s is %s', (message, code, remedy) => {
    const error = fault(message, 'darwin')
    expect(error.code).toBe(code)
    expect(error.remedy).toContain(remedy)
  })
})

describe('the Credential Manager of Windows', () => {
  test.each([
    [
      'A specified logon session does not exist. It may already have been terminated.\r\n',
      'KEYCHAIN_NO_COLLECTION',
      'Remote Desktop',
    ],
    ['The stub received bad data.\r\n', 'KEYCHAIN_FAILED', 'sc query VaultSvc'],
  ])('%s is %s', (message, code, remedy) => {
    const error = fault(message, 'win32')
    expect(error.code).toBe(code)
    expect(error.remedy).toContain(remedy)
  })
})

describe('a library that cannot be loaded', () => {
  const libsecret = 'libsecret-1.so.0: cannot open shared object file: No such file or directory'

  test.each([
    ['linux', libsecret, libsecret, 'apt install libsecret-1-0'],
    ['linux', "Cannot find module 'keytar'\nRequire stack:\n- x", 'is not installed', '--include=optional'],
    ['darwin', "Cannot find module 'keytar'", 'is not installed', '--include=optional'],
    [
      'linux',
      "Cannot find module 'keytar/prebuilds/linux-riscv64/keytar.node'",
      'no build for',
      'use another',
    ],
    [
      'win32',
      'The specified module could not be found.',
      'module could not be found',
      'install claude-gw again',
    ],
  ] as const)('on %s: %s', (platform, message, reason, remedy) => {
    const error = fault(message, platform, 'load')
    expect(error.code).toBe('KEYCHAIN_LIB_MISSING')
    expect(error.message).toContain(reason)
    expect(error.remedy).toContain(remedy)
  })
})

describe.each(['linux', 'darwin', 'win32', 'freebsd'] as const)('every error on %s', (platform) => {
  test.each([
    ['of the library', fault('x', platform, 'load')],
    ['of the keychain', fault('x', platform)],
    ['of silence', keychainSilence(60_000, platform)],
  ])('%s names what does without a keychain', (_case, error) => {
    expect(error.remedy).toContain('`--credential env:NAME`, `file:PATH` or `command:LINE`')
    expect(error.remedy).not.toContain('undefined')
  })
})

test('silence says how long it was waited for', () => {
  expect(keychainSilence(60_000, 'linux').message).toBe('the keychain did not answer within 60 s')
})

test('silence that D-Bus tells of is as long as it was', () => {
  expect(fault('Timeout was reached', 'linux').message).toBe('the keychain did not answer within 51 s')
})

test('without a session bus, one is started before a keyring is unlocked in it', () => {
  expect(fault('Cannot autolaunch D-Bus without X11 $DISPLAY', 'linux').remedy).toMatch(
    /`dbus-run-session -- bash`, and in there .*--unlock/,
  )
})

test('only the first line of a text is shown, and not all of a long one', () => {
  expect(fault(`one\u001b[31m\ntwo`, 'linux').message).toBe('the keychain failed: one')
  expect(fault('x'.repeat(5000), 'linux').message.length).toBeLessThan(300)
})
