import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openKeychain } from '../../../src/credentials/keychain.ts'
import { compiledSource } from '../../support/compiled-source.ts'
import { allGone, processList } from '../../support/process-list.ts'
import { hasKeytar, secretServiceUnavailable, startSecretService } from '../../support/secret-service.ts'
import { machine } from '../../support/surroundings.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const PROGRAM = resolve(import.meta.dirname, '../../../bin/keychain.js')
const reason = secretServiceUnavailable
const compiled = compiledSource()

describe.skipIf(reason)(`while a keychain is silent${reason ? `: ${reason}` : ''}`, () => {
  test('giving up leaves no process behind', async () => {
    const { env } = await startSecretService('silent', { work: 'secret' })
    const { program, ids } = notedProgram()
    await openKeychain(machine(env), { timeoutMs: 2000, program })
      .get('work')
      .catch(() => {})
    await allGone(await ids(1))
  })

  test('an exit is not held up, and leaves no process behind', async () => {
    const { env } = await startSecretService('silent', { work: 'secret' })
    const { program, ids } = notedProgram()
    const caller = spawn(process.execPath, ['--input-type=module', '-e', callerOf(program)], { env })
    onTestFinished(() => void caller.kill('SIGKILL'))
    const running = await ids(1)
    caller.stdin.end()
    expect(await once(caller, 'exit')).toEqual([7, null])
    await allGone(running)
  })

  test('a death of the caller leaves no process behind', async () => {
    const { env } = await startSecretService('silent', { work: 'secret' })
    const { program, ids } = notedProgram()
    const caller = spawn(process.execPath, ['--input-type=module', '-e', callerOf(program)], { env })
    const running = await ids(1)
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
  const program = programWith('throw new Error("Failed to load")')
  await expect(openKeychain(machine(), { program }).get('work')).rejects.toMatchObject({
    code: 'KEYCHAIN_LIB_MISSING',
    message: expect.stringContaining('no build for this system'),
  })
})

test.runIf(process.platform === 'linux' && hasKeytar)(
  'a libsecret that cannot be loaded is named (needs keytar)',
  async () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'libsecret-1.so.0'), '')
    const keychain = openKeychain(machine({ LD_LIBRARY_PATH: directory }))
    await expect(keychain.get('work')).rejects.toMatchObject({
      code: 'KEYCHAIN_LIB_MISSING',
      message: expect.stringContaining('libsecret-1.so.0'),
      remedy: expect.stringContaining('apt install libsecret-1-0'),
    })
  },
)

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

test.skipIf(['darwin', 'win32'].includes(process.platform))(
  'what a person unlocks meanwhile is found, and deleted',
  async () => {
    // A service that shows its prompt only when something is to be stored.
    const program = programWith(`let isOpen = false
      exports.getPassword = async () => (isOpen ? 'secret' : null)
      exports.deletePassword = async () => isOpen
      exports.setPassword = async () => { isOpen = true }`)
    const keychain = openKeychain(machine(), { program })
    expect(await keychain.get('work')).toBe('secret')
    expect(await keychain.delete('work')).toBe(true)
  },
)

test('what does not come back as it was stored is an error, and does not stay', async () => {
  const left = join(temporaryDirectory(), 'left')
  writeFileSync(left, '')
  const program = programWith(`const { rmSync } = require('node:fs')
    exports.setPassword = async () => {}
    exports.getPassword = async () => 'sec'
    exports.deletePassword = async () => rmSync(${JSON.stringify(left)})`)
  await expect(openKeychain(machine(), { program }).set('work', 'secret')).rejects.toMatchObject({
    code: 'KEYCHAIN_FAILED',
    message: expect.stringContaining('does not give back what was stored'),
  })
  expect(existsSync(left)).toBe(false)
})

test('the secret is neither an argument nor in the environment of the program', async () => {
  const seen = join(temporaryDirectory(), 'seen')
  const program = programWith(`const { writeFileSync } = require('node:fs')
    writeFileSync(${JSON.stringify(seen)}, JSON.stringify([process.argv, process.env]))
    exports.setPassword = async () => {}
    exports.getPassword = async () => 'canary-5c1f'`)
  await openKeychain(machine(), { program }).set('work', 'canary-5c1f')
  expect(readFileSync(seen, 'utf8')).toContain('keychain.mjs')
  expect(readFileSync(seen, 'utf8')).not.toContain('canary-5c1f')
})

test('those who wait for an account share one question', async () => {
  const { program, ids } = notedProgram(`process.stdout.write('{"ok":true,"value":"secret"}')`)
  const keychain = openKeychain(machine(), { program })
  const answers = await Promise.all(Array.from({ length: 20 }, () => keychain.get('work')))
  expect(new Set(answers)).toEqual(new Set(['secret']))
  await ids(1)
})

test('those who wait for different accounts do not', async () => {
  const { program, ids } = notedProgram(`process.stdout.write('{"ok":true,"value":"secret"}')`)
  const keychain = openKeychain(machine(), { program })
  await Promise.all([keychain.get('work'), keychain.get('home')])
  await ids(2)
})

/** The program, with another library in place of keytar. */
function programWith(library: string): string {
  const directory = temporaryDirectory()
  const program = join(directory, 'keychain.mjs')
  copyFileSync(PROGRAM, program)
  mkdirSync(join(directory, 'node_modules/keytar'), { recursive: true })
  writeFileSync(join(directory, 'node_modules/keytar/index.js'), library)
  return program
}

/** The program, or another one, that notes its process id in a file. */
function notedProgram(script = `await import(${JSON.stringify(PROGRAM)})`) {
  const { path, ids } = processList()
  const program = join(temporaryDirectory(), 'program.mjs')
  const note = `appendFileSync(${JSON.stringify(path)}, process.pid + '\\n')`
  writeFileSync(program, `import { appendFileSync } from 'node:fs'\n${note}\n${script}`)
  return { program, ids }
}

/** A process that asks the keychain, and exits with 7 at the end of its stdin. */
function callerOf(program: string): string {
  return `
    import { openKeychain } from ${JSON.stringify(compiled('credentials/keychain.js'))}
    const { env, platform, execPath: nodePath } = process
    const options = ${JSON.stringify({ program })}
    openKeychain({ env, home: '/', platform, nodePath, process }, options).get('work').catch(() => {})
    process.stdin.resume().on('end', () => process.exit(7))`
}
