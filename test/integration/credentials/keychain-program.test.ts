import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { compiledKeychain } from '../../support/compiled-keychain.ts'
import { allGone, processList } from '../../support/process-list.ts'
import { hasKeytar, secretServiceUnavailable, startSecretService } from '../../support/secret-service.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const ORIGIN = 'https://gateway.example'
const reason = secretServiceUnavailable
const { open, program, moduleUrl } = compiledKeychain()

describe.skipIf(reason)(`while a keychain is silent${reason ? `: ${reason}` : ''}`, () => {
  test('giving up leaves no process behind', async () => {
    const { env } = await startSecretService('silent', { work: 'secret' })
    const { program, ids } = notedProgram()
    await open(env, { timeoutMs: 2000, program })
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
  await expect(open({ NODE_PATH: '' }).get('work')).rejects.toMatchObject({
    code: 'KEYCHAIN_LIB_MISSING',
    message: expect.stringContaining('the package `keytar` is not installed'),
    remedy: expect.stringContaining('--include=optional'),
  })
})

test('a package without a build for this system is told as such', async () => {
  const env = withLibrary('throw new Error("Failed to load")')
  await expect(open(env).get('work')).rejects.toMatchObject({
    code: 'KEYCHAIN_LIB_MISSING',
    message: expect.stringContaining('no build for this system'),
  })
})

test.runIf(process.platform === 'linux' && hasKeytar)(
  'a libsecret that cannot be loaded is named (needs keytar)',
  async () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'libsecret-1.so.0'), '')
    const keychain = open({ LD_LIBRARY_PATH: directory })
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
  await expect(open({}, { program }).get('work')).rejects.toMatchObject({
    code: 'KEYCHAIN_FAILED',
    message: expect.stringContaining(message),
  })
})

test.skipIf(['darwin', 'win32'].includes(process.platform))(
  'what a person unlocks meanwhile is found, and deleted',
  async () => {
    // A service that shows its prompt only when something is to be stored.
    const env = withLibrary(`let isOpen = false
      exports.getPassword = async (service) => (isOpen && service === 'claude-gw' ? 'secret' : null)
      exports.deletePassword = async () => isOpen
      exports.setPassword = async () => { isOpen = true }`)
    const keychain = open(env)
    expect(await keychain.get('work')).toEqual({ secret: 'secret' })
    expect(await keychain.delete('work')).toBe(true)
  },
)

test('what does not come back as it was stored is an error, and does not stay', async () => {
  const left = join(temporaryDirectory(), 'left')
  const env = withLibrary(`const { appendFileSync } = require('node:fs')
    const items = {}
    exports.setPassword = async (service, account, value) => { items[service] = value }
    exports.getPassword = async (service) => service === 'claude-gw' ? 'sec' : items[service]
    exports.deletePassword = async (service) => {
      appendFileSync(${JSON.stringify(left)}, service + '\\n')
      return true
    }`)
  await expect(open(env).set('work', 'secret', ORIGIN)).rejects.toMatchObject({
    code: 'KEYCHAIN_FAILED',
    message: expect.stringContaining('does not give back what was stored'),
  })
  expect(readFileSync(left, 'utf8')).toBe('claude-gw\n')
})

test('the secret is neither an argument nor in the environment of the program', async () => {
  const seen = join(temporaryDirectory(), 'seen')
  const env = withLibrary(`const { writeFileSync } = require('node:fs')
    writeFileSync(${JSON.stringify(seen)}, JSON.stringify([process.argv, process.env]))
    const items = {}
    exports.setPassword = async (service, account, value) => { items[service] = value }
    exports.getPassword = async (service) => items[service]`)
  await open(env).set('work', 'canary-5c1f', ORIGIN)
  expect(readFileSync(seen, 'utf8')).toContain('keychain-program.js')
  expect(readFileSync(seen, 'utf8')).not.toContain('canary-5c1f')
})

test('a key for another origin does not leave the program', async () => {
  const env =
    withLibrary(`const items = { 'claude-gw': 'canary-5c1f', 'claude-gw origin': ${JSON.stringify(ORIGIN)} }
    exports.getPassword = async (service) => items[service]`)
  const child = spawn(process.execPath, [program()], { env })
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stdin.write(
    `${JSON.stringify({ action: 'get', account: 'work', origin: 'https://elsewhere.example' })}\n`,
  )
  expect(await text(child.stdout)).toBe(JSON.stringify({ ok: true, value: { origin: ORIGIN } }))
})

test('it ends with its stdin, even in the middle of a question', async () => {
  const env = withLibrary('exports.getPassword = () => new Promise((settle) => setTimeout(settle, 60_000))')
  const child = spawn(process.execPath, [program()], { env })
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stdin.end(`${JSON.stringify({ action: 'get', account: 'work' })}\n`)
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
})

test('those who wait for an account share one question', async () => {
  const { program, ids } = notedProgram(`process.stdout.write('{"ok":true,"value":{"secret":"secret"}}')`)
  const keychain = open({}, { program })
  const answers = await Promise.all(Array.from({ length: 20 }, () => keychain.get('work')))
  expect(new Set(answers.map((answer) => answer?.secret))).toEqual(new Set(['secret']))
  await ids(1)
})

test('those who wait for different accounts do not', async () => {
  const { program, ids } = notedProgram(`process.stdout.write('{"ok":true,"value":{"secret":"secret"}}')`)
  const keychain = open({}, { program })
  await Promise.all([keychain.get('work'), keychain.get('home')])
  await ids(2)
})

/** What makes the program find another library in place of keytar. */
function withLibrary(library: string) {
  const NODE_PATH = join(temporaryDirectory(), 'node_modules')
  mkdirSync(join(NODE_PATH, 'keytar'), { recursive: true })
  writeFileSync(join(NODE_PATH, 'keytar/index.js'), library)
  return { NODE_PATH }
}

/** The program, or another one, that notes its process id in a file. */
function notedProgram(script = `await import(${JSON.stringify(moduleUrl('keychain-program.js'))})`) {
  const { path, ids } = processList()
  const program = join(temporaryDirectory(), 'program.mjs')
  const note = `appendFileSync(${JSON.stringify(path)}, process.pid + '\\n')`
  writeFileSync(program, `import { appendFileSync } from 'node:fs'\n${note}\n${script}`)
  return { program, ids }
}

/** A process that asks the keychain, and exits with 7 at the end of its stdin. */
function callerOf(program: string): string {
  return `
    import { openKeychain } from ${JSON.stringify(moduleUrl('credentials/keychain.js'))}
    const { env, platform, execPath: nodePath } = process
    const options = ${JSON.stringify({ program })}
    openKeychain({ env, home: '/', platform, nodePath, process }, options).get('work').catch(() => {})
    process.stdin.resume().on('end', () => process.exit(7))`
}
