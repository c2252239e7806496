import { chmodSync, mkdirSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { LocateInput } from '../../../src/claude/locate.ts'
import { locateClaude } from '../../../src/claude/locate.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

test('the first `claude` on PATH is taken', () => {
  const { folders, input } = createPath(2)
  file(join(folders[0], 'claude'))
  file(join(folders[1], 'claude'))
  expect(locateClaude(input)).toBe(join(folders[0], 'claude'))
})

test('a file that cannot be executed is passed over, as a shell does', () => {
  const { folders, input } = createPath(2)
  file(join(folders[0], 'claude'), '', 0o644)
  file(join(folders[1], 'claude'))
  expect(locateClaude(input)).toBe(join(folders[1], 'claude'))
})

test('a folder of that name is no program', () => {
  const { folders, input } = createPath(2)
  mkdirSync(join(folders[0], 'claude'))
  file(join(folders[1], 'claude'))
  expect(locateClaude(input)).toBe(join(folders[1], 'claude'))
})

test('a folder that cannot be looked into is passed over', () => {
  const { folders, input } = createPath(2)
  rmdirSync(folders[0])
  symlinkSync(folders[0], folders[0])
  file(join(folders[1], 'claude'))
  expect(locateClaude(input)).toBe(join(folders[1], 'claude'))
})

test('`claude.command` may be a path, also from the home folder', () => {
  const { input } = createPath(1)
  file(join(input.home, 'tools', 'cc'))
  expect(locateClaude({ ...input, command: '~/tools/cc' })).toBe(join(input.home, 'tools', 'cc'))
})

test.each(['', '.', 'tools'])(
  'a folder of PATH written as %j is passed over: it is another in each folder',
  (entry) => {
    const { folders, input } = createPath(1)
    file(join(folders[0], 'claude'))
    file(join(input.home, 'claude'))
    file(join(input.home, 'tools', 'claude'))
    enterFolder(input.home)
    const path = [entry, folders[0]].join(':')
    expect(locateClaude({ ...input, env: { PATH: path } })).toBe(join(folders[0], 'claude'))
  },
)

test('a path that is relative leads nowhere', () => {
  const { input } = createPath(1)
  file(join(input.home, 'tools', 'cc'))
  enterFolder(input.home)
  expect(() => locateClaude({ ...input, command: './tools/cc' })).toThrow('`./tools/cc` was not found')
})

test('a script named on purpose may speak of claude-gw', () => {
  const { input } = createPath(1)
  const script = join(input.home, 'claude-gw-tools', 'cc')
  file(script, '#!/bin/sh\n# for claude-gw\nexec claude "$@"\n')
  expect(locateClaude({ ...input, command: script })).toBe(script)
})

test('`claude.command` may be another name', () => {
  const { folders, input } = createPath(1)
  file(join(folders[0], 'claude-next'))
  expect(locateClaude({ ...input, command: 'claude-next' })).toBe(join(folders[0], 'claude-next'))
})

describe('a shim named `claude` is passed over', () => {
  test('that is a link into our own package', () => {
    const { folders, input } = createPath(2)
    file(join(input.ownRoot, 'bin', 'claude-gw-run.js'))
    symlinkSync(join(input.ownRoot, 'bin', 'claude-gw-run.js'), join(folders[0], 'claude'))
    file(join(folders[1], 'claude'))
    expect(locateClaude(input)).toBe(join(folders[1], 'claude'))
  })

  test('that is a small script which calls claude-gw', () => {
    const { folders, input } = createPath(2)
    file(join(folders[0], 'claude'), '#!/bin/sh\nexec claude-gw run "$@"\n')
    file(join(folders[1], 'claude'))
    expect(locateClaude(input)).toBe(join(folders[1], 'claude'))
  })
})

test('a wrapper of the user that does not call us is taken', () => {
  const { folders, input } = createPath(1)
  file(join(folders[0], 'claude'), '#!/bin/sh\nexec nice /opt/claude "$@"\n')
  expect(locateClaude(input)).toBe(join(folders[0], 'claude'))
})

test('nothing on PATH is 127, with what was looked for', () => {
  const { input } = createPath(1)
  expect(() => locateClaude(input)).toThrow(
    expect.objectContaining({
      code: 'CLAUDE_NOT_FOUND',
      exitCode: 127,
      message: '`claude` was not found',
    }),
  )
})

test('only a shim is 127, and is named', () => {
  const { folders, input } = createPath(1)
  file(join(folders[0], 'claude'), '#!/bin/sh\nexec claude-gw run "$@"\n')
  expect(() => locateClaude(input)).toThrow(/found only as .*, which is claude-gw itself/)
})

test('only a file that cannot be executed is 126', () => {
  const { folders, input } = createPath(1)
  file(join(folders[0], 'claude'), '', 0o644)
  expect(() => locateClaude(input)).toThrow(
    expect.objectContaining({ code: 'CLAUDE_NOT_EXECUTABLE', exitCode: 126 }),
  )
})

describe('on Windows', () => {
  test('an .exe goes before a .cmd, and variable names have any case', () => {
    const { folders, input } = createPath(1, 'win32')
    file(join(folders[0], 'claude.cmd'), '@echo off')
    file(join(folders[0], 'claude.exe'))
    expect(locateClaude(input)).toBe(join(folders[0], 'claude.exe'))
  })

  test('behind the batch file of npm is a program', () => {
    const { folders, input } = createPath(1, 'win32')
    file(join(folders[0], 'node_modules', 'claude-code', 'bin', 'claude.exe'))
    file(
      join(folders[0], 'claude.cmd'),
      '@ECHO off\r\nSET dp0=%~dp0\r\n"%dp0%\\node_modules\\claude-code\\bin\\claude.exe"   %*\r\n',
    )
    expect(locateClaude(input)).toBe(join(folders[0], 'node_modules', 'claude-code', 'bin', 'claude.exe'))
  })

  test('another batch file is refused, because its arguments cannot be quoted', () => {
    const { folders, input } = createPath(1, 'win32')
    file(join(folders[0], 'claude.cmd'), '@node cli.js %*')
    expect(() => locateClaude(input)).toThrow(/batch file, to which arguments cannot be passed safely/)
  })
})

/** Until the end of the test. */
function enterFolder(folder: string): void {
  const before = process.cwd()
  onTestFinished(() => process.chdir(before))
  process.chdir(folder)
}

function file(path: string, text = '', mode = 0o755): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, mode)
}

function createPath(
  count: 1 | 2,
  platform: NodeJS.Platform = 'linux',
): { readonly folders: [string, string]; readonly input: LocateInput } {
  const root = temporaryDirectory()
  const folders: [string, string] = [join(root, 'first'), join(root, 'second')]
  for (const name of ['first', 'second', 'home', 'package']) mkdirSync(join(root, name))
  const path = folders.slice(0, count).join(':')
  return {
    folders,
    input: {
      command: '',
      env: platform === 'win32' ? { Path: path, PathExt: '.COM;.BAT;.CMD;.EXE' } : { PATH: path },
      home: join(root, 'home'),
      platform,
      ownRoot: join(root, 'package'),
    },
  }
}
