import { describe, expect, test } from 'vitest'
import { compiledKeychain } from '../../support/compiled-keychain.ts'
import type { KeychainState } from '../../support/secret-service.ts'
import { secretServiceUnavailable, startSecretService } from '../../support/secret-service.ts'

const reason = secretServiceUnavailable
const { open } = compiledKeychain()

describe.skipIf(reason)(`with a Secret Service${reason ? `: ${reason}` : ''}`, () => {
  const faults: readonly [KeychainState, string, string, string][] = [
    ['locked', 'KEYCHAIN_LOCKED', 'locked collection', 'gnome-keyring-daemon --replace --unlock'],
    ['fresh', 'KEYCHAIN_NO_COLLECTION', '/collection/login', 'gnome-keyring-daemon --replace --unlock'],
    ['no service', 'KEYCHAIN_NO_BUS', 'not provided', 'apt install gnome-keyring'],
    ['wrong bus', 'KEYCHAIN_NO_BUS', 'Could not connect', 'dbus-run-session'],
    ['no bus', 'KEYCHAIN_NO_BUS', 'D-Bus', 'dbus-run-session'],
  ]

  describe.each(faults)('%s', (state, code, cause, remedy) => {
    test.each(['get', 'set', 'confirm', 'delete'] as const)(
      '%s says so, and what mends it',
      async (action) => {
        const { env } = await startSecretService(state, state === 'locked' ? { work: 'old-secret' } : {})
        const error = await open(env)
          [action]('work', 'new-secret', 'https://gateway.example')
          .catch((thrown) => thrown)
        expect(error).toMatchObject({ code, exitCode: 4, status: 401 })
        expect(error.message).toContain(cause)
        expect(error.remedy).toContain(remedy)
        expect(error.remedy).toContain('--credential env:NAME')
        expect(`${error.message} ${error.remedy}`).not.toMatch(/secret-|-secret|\n/)
      },
    )
  })

  test('locked says so of an account that is not there as well', async () => {
    const { env } = await startSecretService('locked', { work: 'secret' })
    await expect(open(env).get('other')).rejects.toMatchObject({ code: 'KEYCHAIN_LOCKED' })
  })

  test.each(['locked', 'fresh'] as const)('%s is mended by what the error tells', async (state) => {
    const service = await startSecretService(state, state === 'locked' ? { work: 'secret' } : {})
    const keychain = open(service.env)
    await expect(keychain.get('work')).rejects.toThrow()
    await service.unlock()
    expect((await keychain.get('work'))?.secret).toBe(state === 'locked' ? 'secret' : undefined)
  })

  test('silence ends at the time-out', async () => {
    const { env } = await startSecretService('silent', { work: 'secret' })
    const keychain = open(env, { timeoutMs: 500 })
    await expect(keychain.get('work')).rejects.toMatchObject({
      code: 'KEYCHAIN_SILENT',
      message: 'the keychain did not answer within 0.5 s',
    })
  })
})
