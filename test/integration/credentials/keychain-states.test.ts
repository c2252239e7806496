import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openKeychain } from '../../../src/credentials/keychain.ts'
import { compiledSource } from '../../support/compiled-source.ts'
import { allGone, processIds } from '../../support/process-ids.ts'
import type { KeychainState } from '../../support/secret-service.ts'
import { secretServiceUnavailable, startSecretService } from '../../support/secret-service.ts'
import { machine } from '../../support/surroundings.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const reason = secretServiceUnavailable
const PROGRAM = resolve(import.meta.dirname, '../../../bin/keychain.js')
const compiled = compiledSource()

describe.skipIf(reason)(`with a Secret Service${reason ? `: ${reason}` : ''}`, () => {
  const faults: readonly [KeychainState, string, string, string][] = [
    ['locked', 'KEYCHAIN_LOCKED', 'locked collection', 'gnome-keyring-daemon --replace --unlock'],
    ['fresh', 'KEYCHAIN_NO_COLLECTION', '/collection/login', 'gnome-keyring-daemon --replace --unlock'],
    ['no service', 'KEYCHAIN_NO_BUS', 'not provided', 'apt install gnome-keyring'],
    ['wrong bus', 'KEYCHAIN_NO_BUS', 'Could not connect', 'dbus-run-session'],
    ['no bus', 'KEYCHAIN_NO_BUS', 'D-Bus', 'dbus-run-session'],
  ]

  describe.each(faults)('%s', (state, code, cause, remedy) => {
    test.each(['get', 'set', 'delete'] as const)('%s says so, and what mends it', async (action) => {
      const { env } = await startSecretService(state, state === 'locked' ? { work: 'old-secret' } : {})
      const error = await openKeychain(machine(env))
        [action]('work', 'new-secret')
        .catch((thrown) => thrown)
      expect(error).toMatchObject({ code, exitCode: 4, status: 401 })
      expect(error.message).toContain(cause)
      expect(error.remedy).toContain(remedy)
      expect(error.remedy).toContain('--credential env:NAME')
      expect(`${error.message} ${error.remedy}`).not.toMatch(/secret-|-secret|\n/)
    })
  })

  test('locked says so of an account that is not there as well', async () => {
    const { env } = await startSecretService('locked', { work: 'secret' })
    await expect(openKeychain(machine(env)).get('other')).rejects.toMatchObject({ code: 'KEYCHAIN_LOCKED' })
  })

  test.each(['locked', 'fresh'] as const)('%s is mended by what the error tells', async (state) => {
    const service = await startSecretService(state, state === 'locked' ? { work: 'secret' } : {})
    const keychain = openKeychain(machine(service.env))
    await expect(keychain.get('work')).rejects.toThrow()
    await service.unlock()
    expect(await keychain.get('work')).toBe(state === 'locked' ? 'secret' : undefined)
  })

  test('silence ends at the time-out', async () => {
    const { env } = await startSecretService('silent', { work: 'secret' })
    const keychain = openKeychain(machine(env), { timeoutMs: 500 })
    await expect(keychain.get('work')).rejects.toMatchObject({
      code: 'KEYCHAIN_SILENT',
      message: 'the keychain did not answer within 0.5 s',
    })
  })

  test('silence leaves no process behind', async () => {
    const { env } = await startSecretService('silent', { work: 'secret' })
    const { program, ids } = notedProgram()
    await openKeychain(machine(env), { timeoutMs: 500, program })
      .get('work')
      .catch(() => {})
    await allGone(await processIds(ids, 1))
  })

  test('a process that exits meanwhile leaves none behind', async () => {
    const { env } = await startSecretService('silent', { work: 'secret' })
    const { program, ids } = notedProgram()
    const caller = spawn(process.execPath, ['--input-type=module', '-e', callerOf(program, 60_000)], { env })
    onTestFinished(() => void caller.kill('SIGKILL'))
    const running = await processIds(ids, 1)
    caller.stdin.end()
    expect(await once(caller, 'exit')).toEqual([7, null])
    await allGone(running)
  })

  test('a process that was killed meanwhile leaves none behind', async () => {
    const { env } = await startSecretService('silent', { work: 'secret' })
    const { program, ids } = notedProgram()
    const caller = spawn(process.execPath, ['--input-type=module', '-e', callerOf(program, 1000)], { env })
    const running = await processIds(ids, 1)
    caller.kill('SIGKILL')
    await allGone(running)
  })
})

test('without its package it says how to install that', async () => {
  const program = join(temporaryDirectory(), 'keychain.mjs')
  copyFileSync(PROGRAM, program)
  await expect(openKeychain(machine(), { program }).get('work')).rejects.toMatchObject({
    code: 'KEYCHAIN_LIB_MISSING',
    message: expect.stringContaining('the package `keytar` is not installed'),
    remedy: expect.stringContaining('--include=optional'),
  })
})

test('a package without a build for this system is told as such', async () => {
  const directory = temporaryDirectory()
  const program = join(directory, 'keychain.mjs')
  copyFileSync(PROGRAM, program)
  mkdirSync(join(directory, 'node_modules/keytar'), { recursive: true })
  writeFileSync(join(directory, 'node_modules/keytar/index.js'), 'throw new Error("Failed to load")')
  await expect(openKeychain(machine(), { program }).get('work')).rejects.toMatchObject({
    code: 'KEYCHAIN_LIB_MISSING',
    message: expect.stringContaining('no build for this system'),
  })
})

test.runIf(process.platform === 'linux')('a libsecret that cannot be loaded is named', async () => {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'libsecret-1.so.0'), '')
  const keychain = openKeychain(machine({ LD_LIBRARY_PATH: directory }))
  await expect(keychain.get('work')).rejects.toMatchObject({
    code: 'KEYCHAIN_LIB_MISSING',
    message: expect.stringContaining('libsecret-1.so.0'),
    remedy: expect.stringContaining('apt install libsecret-1-0'),
  })
})

test.each([
  ['it was ended by SIGSEGV', `process.kill(process.pid, 'SIGSEGV')`],
  ['its program exited with 3', 'process.exit(3)'],
])('a crash of its native code stays there: %s', async (message, script) => {
  const program = join(temporaryDirectory(), 'keychain.mjs')
  writeFileSync(program, script)
  await expect(openKeychain(machine(), { program }).get('work')).rejects.toMatchObject({
    code: 'KEYCHAIN_FAILED',
    message: expect.stringContaining(message),
  })
})

test('those who wait for an account share one question', async () => {
  const { program, ids } = notedProgram(`process.stdout.write('{"ok":true,"value":"secret"}')`)
  const keychain = openKeychain(machine(), { program })
  const answers = await Promise.all(Array.from({ length: 20 }, () => keychain.get('work')))
  expect(new Set(answers)).toEqual(new Set(['secret']))
  await processIds(ids, 1)
})

test('those who wait for different accounts do not', async () => {
  const { program, ids } = notedProgram(`process.stdout.write('{"ok":true,"value":"secret"}')`)
  const keychain = openKeychain(machine(), { program })
  await Promise.all([keychain.get('work'), keychain.get('home')])
  await processIds(ids, 2)
})

/** The program, or another one, that notes its process id in a file. */
function notedProgram(script = `await import(${JSON.stringify(PROGRAM)})`) {
  const directory = temporaryDirectory()
  const [program, ids] = [join(directory, 'program.mjs'), join(directory, 'ids')]
  const note = `appendFileSync(${JSON.stringify(ids)}, process.pid + '\\n')`
  writeFileSync(program, `import { appendFileSync } from 'node:fs'\n${note}\n${script}`)
  return { program, ids }
}

/** A process that asks the keychain, and exits with 7 at the end of its stdin. */
function callerOf(program: string, timeoutMs: number): string {
  return `
    import { openKeychain } from ${JSON.stringify(compiled('credentials/keychain.js'))}
    const { env, platform, execPath: nodePath } = process
    const options = ${JSON.stringify({ program, timeoutMs })}
    openKeychain({ env, home: '/', platform, nodePath, process }, options).get('work').catch(() => {})
    process.stdin.resume().on('end', () => process.exit(7))`
}
