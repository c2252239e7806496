import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { GatewayError } from '../../../src/base/errors.ts'
import type { CredentialStore } from '../../../src/credentials/credential.ts'
import type { FileOptions } from '../../../src/credentials/file.ts'
import { fileStore } from '../../../src/credentials/file.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const SECRET = 'sk-secret-of-the-file'
const isWindows = process.platform === 'win32'
const isRoot = process.getuid?.() === 0

/** For whom every file has stood as it is for a minute, and so may be remembered. */
const LATER: FileOptions = { now: () => Date.now() + 60_000 }

describe('gives the credential', () => {
  test('without the space around it, and names the file as it was named', () => {
    const path = secretFile(` ${SECRET}\r\n`)
    expect(open(path).read()).toEqual({ value: SECRET, source: `file:${path}` })
  })

  test('without the mark that some editors put in front', () => {
    expect(open(secretFile(`\ufeff${SECRET}\n`)).read()).toMatchObject({ value: SECRET })
  })

  test('of a file in the home folder', () => {
    const home = temporaryDirectory()
    writeSecret(join(home, 'key'), SECRET)
    const store = fileStore('~/key', { home, platform: process.platform })
    expect(store.read()).toEqual({ value: SECRET, source: 'file:~/key' })
  })

  test.skipIf(isWindows)('of a file that a link leads to', () => {
    const link = join(temporaryDirectory(), 'link')
    symlinkSync(secretFile(SECRET), link)
    expect(open(link).read()).toMatchObject({ value: SECRET })
  })

  test('of a file that its owner can only read', () => {
    const path = secretFile(SECRET)
    chmodSync(path, 0o400)
    expect(open(path).read()).toMatchObject({ value: SECRET })
  })

  test('and check tells nothing but what is wrong', () => {
    expect(open(secretFile(SECRET)).check()).toBeUndefined()
    expect(failureOf(() => open('/nowhere/key').check()).message).toContain('there is no such file')
  })
})

describe.each<[string, FileOptions]>([
  ['that stands for a while', LATER],
  ['that was just written', {}],
])('a file %s', (_case, options) => {
  test('is seen to change, though size and time stay', () => {
    const path = secretFile('aaaa')
    const { atime, mtime } = statSync(path)
    const store = open(path, options)
    void store.read()
    writeFileSync(path, 'bbbb')
    utimesSync(path, atime, mtime)
    expect(store.read()).toMatchObject({ value: 'bbbb' })
  })

  test('is seen to be replaced', () => {
    const [path, next] = [secretFile('aaaa'), secretFile('bbbb')]
    const store = open(path, options)
    void store.read()
    renameSync(next, path)
    expect(store.read()).toMatchObject({ value: 'bbbb' })
  })

  test.skipIf(isWindows)('is seen to be replaced by a folder’s link, as Kubernetes does', () => {
    const volume = temporaryDirectory()
    for (const value of ['aaaa', 'bbbb']) {
      mkdirSync(join(volume, value))
      writeSecret(join(volume, value, 'key'), value)
    }
    symlinkSync('aaaa', join(volume, '..data'))
    symlinkSync('..data/key', join(volume, 'key'))
    const store = open(join(volume, 'key'), options)
    expect(store.read()).toMatchObject({ value: 'aaaa' })
    symlinkSync('bbbb', join(volume, '..next'))
    renameSync(join(volume, '..next'), join(volume, '..data'))
    expect(store.read()).toMatchObject({ value: 'bbbb' })
  })

  test('is seen to be gone, and to be back', () => {
    const path = secretFile('aaaa')
    const store = open(path, options)
    void store.read()
    rmSync(path)
    expect(failureOf(store.read).message).toContain('there is no such file')
    writeSecret(path, 'aaaa')
    expect(store.read()).toMatchObject({ value: 'aaaa' })
  })

  test.skipIf(isWindows)('is seen to be opened to others, and closed again', () => {
    const path = secretFile('aaaa')
    const store = open(path, options)
    void store.read()
    chmodSync(path, 0o640)
    expect(failureOf(store.read).remedy).toBe(`run \`chmod 600 ${path}\``)
    chmodSync(path, 0o600)
    expect(store.read()).toMatchObject({ value: 'aaaa' })
  })
})

test('a file that stands for a while is read once', () => {
  const store = open(secretFile(SECRET), LATER)
  expect(store.read()).toBe(store.read())
})

test('one that was just written is read each time, as its next change may not show', () => {
  const store = open(secretFile(SECRET))
  expect(store.read()).not.toBe(store.read())
})

test('every one of many quick changes is seen', () => {
  const path = secretFile('0000')
  const store = open(path)
  for (let round = 1000; round < 1300; round += 1) {
    writeFileSync(path, `${round}`)
    expect(store.read()).toMatchObject({ value: `${round}` })
  }
})

describe('refuses, and says why', () => {
  test.each([
    ['an empty one', '\n', 'it is empty'],
    ['two lines', `${SECRET}\n${SECRET}\n`, 'character 22'],
    ['two words', `${SECRET} ${SECRET}`, 'character 22'],
    ['a text of two bytes a character', Buffer.from(SECRET, 'utf16le'), 'character 2 '],
    ['a longer one than a header holds', SECRET.repeat(1_000), 'longer than'],
    ['more than 64 KB', Buffer.alloc(65_537, 'a'), 'larger than 64 KB'],
  ])('%s', (_case, content, reason) => {
    const { message, remedy } = failureOf(open(secretFile(content)).read)
    expect(message).toContain(reason)
    expect(`${message} ${remedy}`).not.toContain(SECRET)
  })

  test.each(['key', './key', '../key', '~', '~someone/key'])('the relative path %s', (path) => {
    const { message, remedy } = failureOf(open(path).read)
    expect(message).toBe(
      `the credential file:${path} cannot be used: its path is relative, and so another one in each folder`,
    )
    expect(remedy).toContain('~/…')
  })

  test('what is not there, or below what is no folder', () => {
    const path = join(secretFile(SECRET), 'below')
    expect(failureOf(open(path).read).message).toContain('there is no such file')
  })

  test.each([
    ['that is not there', 'none'],
    ['below what is no folder', 'file/none'],
    ['that holds nothing', 'file'],
  ])('one %s, in one line where its path has more', (_case, name) => {
    const folder = join(temporaryDirectory(), 'a\nb\rc')
    mkdirSync(folder)
    writeSecret(join(folder, 'file'), '')
    const { message, remedy } = failureOf(open(join(folder, name)).read)
    expect(message).toContain('a\\x0ab\\x0dc')
    expect(`${message} ${remedy}`).not.toMatch(/\p{Cc}/u)
  })

  test('a folder', () => {
    expect(failureOf(open(temporaryDirectory()).read)).toMatchObject({ code: 'CREDENTIAL_FAILED' })
  })
})

describe.skipIf(isWindows)('refuses, where files have a mode,', () => {
  test.each([
    ['0644', 'others can read it'],
    ['0640', 'others can read it'],
    ['0604', 'others can read it'],
    ['0620', 'others can use it'],
    ['0601', 'others can use it'],
  ])('one of the mode %s, with the command that mends it', (mode, reason) => {
    const path = secretFile(SECRET)
    chmodSync(path, Number.parseInt(mode, 8))
    const { message, remedy } = failureOf(open(path).read)
    expect(message).toBe(`the credential file:${path} cannot be used: ${reason} (mode ${mode})`)
    execFileSync('/bin/sh', ['-c', /`(.+)`/.exec(remedy)?.[1] ?? 'false'])
    expect(open(path).read()).toMatchObject({ value: SECRET })
  })

  test('one whose path a shell would take apart, with a command for it', () => {
    const folder = join(temporaryDirectory(), "it's a $(folder)")
    mkdirSync(folder)
    const path = join(folder, 'key')
    writeSecret(path, SECRET)
    chmodSync(path, 0o644)
    execFileSync('/bin/sh', ['-c', /`(.+)`/.exec(failureOf(open(path).read).remedy)?.[1] ?? 'false'])
    expect(open(path).read()).toMatchObject({ value: SECRET })
  })

  test('one whose path has more than one line, in one line', () => {
    const path = join(temporaryDirectory(), 'a\nb')
    writeSecret(path, SECRET)
    chmodSync(path, 0o644)
    const { message, remedy } = failureOf(open(path).read)
    expect(`${message} ${remedy}`).not.toMatch(/\p{Cc}/u)
  })

  test('a pipe, without waiting for who writes to it', () => {
    const pipe = join(temporaryDirectory(), 'pipe')
    execFileSync('mkfifo', ['-m', '600', pipe])
    expect(failureOf(open(pipe).read).message).toContain('it is no regular file')
  })

  test('a device', () => {
    expect(failureOf(open('/dev/zero').read).message).toContain('it is no regular file')
  })

  test('a socket', async () => {
    const path = join(temporaryDirectory(), 'socket')
    const server = createServer()
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => void server.listen(path, resolve))
    expect(failureOf(open(path).read)).toMatchObject({ code: 'CREDENTIAL_FAILED' })
  })

  test.skipIf(!isRoot)('one of another user (needs root to make one)', () => {
    const path = secretFile(SECRET)
    chownSync(path, 12_345, 12_345)
    expect(failureOf(open(path).read).message).toContain('it belongs to another user (12345)')
  })
})

describe('on a file system that holds no modes', () => {
  const options = { fileSystemWithoutModes: () => 'vfat' }

  test('a file is refused on Linux, whatever it says of its mode', () => {
    const store = fileStore(secretFile(SECRET), { home: homedir(), platform: 'linux' }, options)
    expect(failureOf(store.read)).toMatchObject({
      message: expect.stringContaining('its file system (vfat) cannot keep it from others'),
      remedy: expect.stringContaining('move it to a Linux file system'),
    })
  })

  test('the mode says nothing on Windows', () => {
    const path = secretFile(SECRET)
    chmodSync(path, 0o666)
    const store = fileStore(path, { home: homedir(), platform: 'win32' }, options)
    expect(store.read()).toMatchObject({ value: SECRET })
  })
})

function open(path: string, options?: FileOptions): CredentialStore {
  return fileStore(path, { home: homedir(), platform: process.platform }, options)
}

function secretFile(content: string | Buffer): string {
  const path = join(temporaryDirectory(), 'key')
  writeSecret(path, content)
  return path
}

function writeSecret(path: string, content: string | Buffer): void {
  writeFileSync(path, content, { mode: 0o600 })
}

function failureOf(act: () => unknown): GatewayError {
  try {
    act()
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'CREDENTIAL_FAILED') return error
    throw error
  }
  throw new Error('it did not fail')
}
