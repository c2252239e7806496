import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { trustOf } from '../../../src/config/trust.ts'
import { trustFile, untrustFile } from '../../../src/config/trust-store.ts'
import { openUserStore } from '../../../src/config/user-store.ts'
import { compiledSource } from '../../support/compiled-source.ts'
import { writeConfig } from '../../support/config-places.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const FIXTURE = join(import.meta.dirname, '../../fixtures/set-keys.mjs')
const isWindows = process.platform === 'win32'
const module = compiledSource()

test('4 processes that set 50 keys each lose none', async () => {
  const directory = temporaryDirectory()
  const names = ['a', 'b', 'c', 'd']
  const writers = names.map((name) => {
    const values = [module('config/user-store.js'), directory, name, '50']
    const child = spawn(process.execPath, [FIXTURE, ...values], { stdio: ['ignore', 'ignore', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    return once(child, 'close')
  })
  expect(await Promise.all(writers)).toEqual(names.map(() => [0, null]))

  const expected = names.flatMap((name) => Array.from({ length: 50 }, (_, n) => [`${name}.${n}`, String(n)]))
  expect(readDocument(directory)['tags']).toEqual(Object.fromEntries(expected))
  expect(readdirSync(directory)).toEqual(['config.json'])
})

describe('what is set', () => {
  test('is in the file, with dots in names as they are', async () => {
    const directory = temporaryDirectory()
    const store = await openUserStore(directory)
    await store.set(['models', 'aliases', 'claude-3.5'], 'x')
    await store.set(['profiles', 'a.b', 'allowHttp'], true)
    expect(readDocument(directory)).toEqual({
      models: { aliases: { 'claude-3.5': 'x' } },
      profiles: { 'a.b': { allowHttp: true } },
    })
    expect(await store.get(['models', 'aliases', 'claude-3.5'])).toBe('x')
    expect(await store.get(['models', 'aliases', 'claude-3'])).toBeUndefined()
    expect(await store.get(['toString'])).toBeUndefined()
  })

  test('leaves all else, also what is not known here', async () => {
    const directory = temporaryDirectory()
    writeConfig(join(directory, 'config.json'), { shiny: [1], tags: { a: '1' } })
    const store = await openUserStore(directory)
    await store.set(['tags', 'b'], '2')
    expect(readDocument(directory)).toEqual({ shiny: [1], tags: { a: '1', b: '2' } })
  })

  test.each([
    ['an array', [{ usd: 1 }, { usd: 2 }]],
    ['a string', 'daily'],
    ['`null`', null],
  ])('does not replace what stands where an object belongs: %s', async (shown, rules) => {
    const directory = temporaryDirectory()
    const document = { auth: 'both', policies: { limits: { rules } } }
    writeConfig(join(directory, 'config.json'), document)
    const store = await openUserStore(directory)
    const setting = store.set(['policies', 'limits', 'rules', 'new'], {})
    await expect(setting).rejects.toThrow(
      `config.json: \`policies.limits.rules\` must be a JSON object, not ${shown}`,
    )
    await store.exchange([{ names: ['policies', 'limits', 'rules', 'new'], json: undefined }])
    expect(readDocument(directory)).toEqual(document)
  })

  test('is never the prototype of anything', async () => {
    const directory = temporaryDirectory()
    const store = await openUserStore(directory)
    await store.set(['tags', '__proto__', 'polluted'], 'x')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test.skipIf(isWindows)('is for its owner alone, as is its folder', async () => {
    const directory = join(temporaryDirectory(), 'config')
    mkdirSync(directory, { mode: 0o755 })
    writeConfig(join(directory, 'config.json'), {})
    chmodSync(join(directory, 'config.json'), 0o644)
    await (await openUserStore(directory)).set(['auth'], 'both')
    expect(modeOf(directory)).toBe(0o700)
    expect(modeOf(join(directory, 'config.json'))).toBe(0o600)
  })

  test.skipIf(isWindows)(
    'goes to where a link leads, as those who keep their files elsewhere want it',
    async () => {
      const [directory, elsewhere] = [temporaryDirectory(), temporaryDirectory()]
      writeConfig(join(elsewhere, 'gw.json'), {})
      symlinkSync(join(elsewhere, 'gw.json'), join(directory, 'config.json'))
      await (await openUserStore(directory)).set(['auth'], 'both')
      expect(JSON.parse(readFileSync(join(elsewhere, 'gw.json'), 'utf8'))).toEqual({ auth: 'both' })
    },
  )
})

describe('what is unset', () => {
  test('is gone, with the objects that it leaves empty', async () => {
    const directory = temporaryDirectory()
    const store = await openUserStore(directory)
    await store.set(['profiles', 'work', 'tags', 'a'], '1')
    await store.set(['auth'], 'both')
    expect(await store.unset(['profiles', 'work', 'tags', 'a'])).toBe(true)
    expect(readDocument(directory)).toEqual({ auth: 'both' })
  })

  test('may be a whole profile', async () => {
    const directory = temporaryDirectory()
    const store = await openUserStore(directory)
    await store.set(['profiles', 'work', 'tags', 'a'], '1')
    await store.set(['profiles', 'home', 'auth'], 'both')
    expect(await store.unset(['profiles', 'work'])).toBe(true)
    expect(readDocument(directory)).toEqual({ profiles: { home: { auth: 'both' } } })
  })

  test('may have been nothing', async () => {
    const store = await openUserStore(temporaryDirectory())
    expect(await store.unset(['auth'])).toBe(false)
  })
})

describe('what is exchanged', () => {
  test('is set and unset at once, and what stood there brings it back', async () => {
    const directory = temporaryDirectory()
    const before = { upstream: 'https://a.example', tags: { a: '1' } }
    writeConfig(join(directory, 'config.json'), before)
    const store = await openUserStore(directory)
    const former = await store.exchange([
      { names: ['upstream'], json: 'https://b.example' },
      { names: ['profiles', 'work', 'auth'], json: 'both' },
      { names: ['tags', 'a'], json: undefined },
    ])
    const after = { upstream: 'https://b.example', profiles: { work: { auth: 'both' } } }
    expect(readDocument(directory)).toEqual(after)
    await store.exchange(former)
    expect(readDocument(directory)).toEqual(before)
  })
})

describe('a file that is no JSON', () => {
  test.each([
    ['broken', '{\n  "auth": "both",\n  sk-ant-secret\n}', ':3:3'],
    ['cut', '{\n  "auth": "bo', ':2:11'],
    ['empty', '', ':1:1'],
    ['an array', '[]', ':1:1'],
  ])('because it is %s is kept aside, and named with line and column', async (_, content, place) => {
    const directory = temporaryDirectory()
    const path = join(directory, 'config.json')
    writeConfig(path, content)
    const error = await (await openUserStore(directory)).set(['auth'], 'bearer').catch((reason) => reason)
    expect(error).toMatchObject({ code: 'CONFIG_MALFORMED', exitCode: 3 })
    expect(error.message).toContain(`${path}${place}`)
    expect(`${error.message} ${error.remedy}`).not.toContain('secret')
    const [aside = ''] = readdirSync(directory)
    expect(aside).toMatch(/^config\.json\.corrupt-\d{4}-/)
    expect(error.remedy).toContain(join(directory, aside))
    expect(readFileSync(join(directory, aside), 'utf8')).toBe(content)
  })

  test('is in nobody’s way after that', async () => {
    const directory = temporaryDirectory()
    writeConfig(join(directory, 'config.json'), '{')
    const store = await openUserStore(directory)
    await store.set(['auth'], 'bearer').catch(() => {})
    await store.set(['auth'], 'bearer')
    expect(readDocument(directory)).toEqual({ auth: 'bearer' })
  })
})

test('a lock that somebody left is not waited for for ever', async () => {
  const directory = temporaryDirectory()
  mkdirSync(join(directory, 'config.json.lock'))
  const before = new Date(Date.now() - 60_000)
  utimesSync(join(directory, 'config.json.lock'), before, before)
  await (await openUserStore(directory)).set(['auth'], 'both')
  expect(readDocument(directory)).toEqual({ auth: 'both' })
})

test.skipIf(isWindows)('a folder that cannot be is an error that names the file', async () => {
  const store = await openUserStore('/proc/claude-gw')
  const error = await store.set(['auth'], 'both').catch((reason) => reason)
  expect(error).toMatchObject({ code: 'CONFIG_UNWRITABLE', exitCode: 3 })
  expect(error.message).toContain('/proc/claude-gw/config.json')
})

describe('the record of trust', () => {
  const file = { realPath: '/repository/.claude-gw.json', hash: 'a1' }

  test('is taken back', async () => {
    const directory = temporaryDirectory()
    await trustFile(directory, file)
    expect(trustOf(directory, file)).toBe('trusted')
    expect(await untrustFile(directory, file.realPath)).toBe(true)
    expect(trustOf(directory, file)).toBe('unknown')
    expect(await untrustFile(directory, file.realPath)).toBe(false)
  })

  test('keeps all of those who write it at once', async () => {
    const directory = temporaryDirectory()
    const files = Array.from({ length: 20 }, (_, index) => ({ realPath: `/${index}`, hash: `${index}` }))
    await Promise.all(files.map((each) => trustFile(directory, each)))
    expect(files.map((each) => trustOf(directory, each))).toEqual(files.map(() => 'trusted'))
  })

  test.skipIf(isWindows)('is for its owner alone', async () => {
    const directory = temporaryDirectory()
    await trustFile(directory, file)
    expect(modeOf(join(directory, 'trusted.json'))).toBe(0o600)
  })

  test.each(['', '{', '[]', 'null', '{"/repository/.claude-gw.json": {}}'])(
    'that reads %j trusts nothing',
    (content) => {
      const directory = temporaryDirectory()
      writeConfig(join(directory, 'trusted.json'), content)
      expect(trustOf(directory, file)).not.toBe('trusted')
    },
  )
})

function readDocument(directory: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8'))
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777
}
