import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { openLoginUser } from '../support/login.ts'
import type { Pty } from '../support/pty.ts'
import { ptyUnavailable } from '../support/pty.ts'
import { secretServiceUnavailable } from '../support/secret-service.ts'

const KEY = 'sk-ant-api03-canary-one'
const NEXT = 'sk-ant-api03-canary-two'
const ANTHROPIC = 'https://api.anthropic.com'
const GATEWAY = 'https://gateway.example'
const CTRL_C = '\x03'
const CTRL_D = '\x04'
const ESCAPE = '\x1b'
const UP = '\x1b[A'
const DOWN = '\x1b[B'
const SHOW_CURSOR = '\x1b[?25h'
const CYAN = '\x1b[36m'
const RESTORED = 'terminal as before'

const reason = secretServiceUnavailable ?? ptyUnavailable

describe.skipIf(reason)(`in a terminal${reason ? `: ${reason}` : ''}`, () => {
  test('a key is asked for by upstream and profile, stored, and not shown', async () => {
    const user = await openLoginUser()
    const terminal = user.open(['--upstream', GATEWAY, '--profile', 'team', 'login'])
    await terminal.waitFor(/Key for https:\/\/gateway\.example \(profile team\)/)
    terminal.write(`${KEY}\r`)
    await terminal.waitFor(/claude-gw: stored in/)
    expect(await terminal.exitCode()).toBe(0)
    expect(user.service.lookUp('team')).toBe(KEY)
    expect(shownLetters(terminal)).toBe('')
  })

  test('blanks around a key are not part of it', async () => {
    const user = await openLoginUser()
    const terminal = user.open(['login'])
    await answer(terminal, / Key for /, `  ${KEY} \r`)
    expect(await terminal.exitCode()).toBe(0)
    expect(user.service.lookUp('default')).toBe(KEY)
  })

  test('what cannot be stored can be corrected', async () => {
    const user = await openLoginUser()
    const terminal = user.open(['login'])
    await answer(terminal, / Key for /, '\r')
    await answer(terminal, /it is empty/, `${KEY}\r`)
    expect(await terminal.exitCode()).toBe(0)
    expect(user.service.lookUp('default')).toBe(KEY)
  })

  test('of several lines none is stored', async () => {
    const user = await openLoginUser()
    const terminal = user.open(['login'])
    await answer(terminal, / Key for /, `${KEY}\rthe rest of it\r`)
    await terminal.waitFor(/it has several lines/)
    expect(await terminal.exitCode()).toBe(4)
    expect(user.service.lookUp('default')).toBeUndefined()
    expect(user.account()).toBeUndefined()
  })

  test.each([
    ['Ctrl-C', CTRL_C],
    ['Esc', ESCAPE],
    ['Ctrl-D', CTRL_D],
    ['Ctrl-C behind a part of a key', `sk-ant${CTRL_C}`],
  ])('%s at the prompt changes nothing', async (_case, keys) => {
    const user = await openLoginUser()
    const terminal = user.open(['login'])
    await answer(terminal, / Key for /, keys)
    await terminal.waitFor(/cancelled; nothing was changed/)
    expect(await terminal.exitCode()).toBe(1)
    expect(terminal.output).toContain(SHOW_CURSOR)
    expect(terminal.output).toContain(RESTORED)
    expect(user.service.lookUp('default')).toBeUndefined()
    expect(user.account()).toBeUndefined()
  })

  test.each([
    ['no', 'n', 1, KEY],
    ['nothing but Enter', '\r', 1, KEY],
    ['Ctrl-C', CTRL_C, 1, KEY],
    ['yes', 'y', 0, NEXT],
  ])('a stored key is replaced only after a yes: %s', async (_case, keys, exitCode, stored) => {
    const user = await openLoginUser('unlocked', { default: KEY })
    const terminal = user.open(['login'])
    await answer(terminal, /Replace it\?/, keys)
    if (exitCode === 0) await answer(terminal, / Key for /, `${NEXT}\r`)
    expect(await terminal.exitCode()).toBe(exitCode)
    expect(terminal.output).toContain(exitCode === 0 ? 'replaced in' : 'nothing was changed')
    expect(user.service.lookUp('default')).toBe(stored)
  })

  describe('a key that is stored for another upstream', () => {
    test('is used for this one when a person says so', async () => {
      const { user, terminal } = await openElsewhere()
      await answer(terminal, /cancel/, `${UP}\r`)
      expect(await terminal.exitCode()).toBe(0)
      expect(user.account()).toMatchObject({ origin: GATEWAY })
      expect(user.service.lookUp('default')).toBe(KEY)
    })

    test('is replaced by a new one', async () => {
      const { user, terminal } = await openElsewhere()
      await answer(terminal, /cancel/, '\r')
      await answer(terminal, / Key for /, `${NEXT}\r`)
      expect(await terminal.exitCode()).toBe(0)
      expect(user.account()).toMatchObject({ origin: GATEWAY })
      expect(user.service.lookUp('default')).toBe(NEXT)
    })

    test.each([
      ['the choice to cancel', `${DOWN}\r`],
      ['Ctrl-C', CTRL_C],
    ])('stays as it is after %s', async (_case, keys) => {
      const { user, terminal } = await openElsewhere()
      await answer(terminal, /cancel/, keys)
      expect(await terminal.exitCode()).toBe(1)
      expect(user.account()).toMatchObject({ origin: ANTHROPIC })
      expect(user.service.lookUp('default')).toBe(KEY)
    })
  })

  test('a keychain that fails while a key is asked for leaves the record as it was', async () => {
    const { user, terminal } = await openElsewhere()
    const before = user.account()
    await answer(terminal, /cancel/, '\r')
    await terminal.waitFor(/ Key for /)
    user.service.lock()
    terminal.write(`${NEXT}\r`)
    await terminal.waitFor(/the keychain is locked/)
    expect(await terminal.exitCode()).toBe(4)
    expect(user.account()).toEqual(before)
  })

  test('--stdin is refused, since the terminal would show the key', async () => {
    const user = await openLoginUser()
    const terminal = user.open(['login', '--stdin'])
    await terminal.waitFor(/would show the key/)
    expect(await terminal.exitCode()).toBe(2)
  })

  test('a signal at the prompt gives the terminal back', async () => {
    const user = await openLoginUser()
    const terminal = user.open(['login'])
    await terminal.waitFor(/ Key for /)
    process.kill(programIn(terminal), 'SIGTERM')
    expect(await terminal.exitCode()).toBe(143)
    expect(terminal.output).toContain(SHOW_CURSOR)
    expect(terminal.output).toContain(RESTORED)
  })

  test('--no-color paints nothing', async () => {
    const user = await openLoginUser()
    const terminal = user.open(['--no-color', 'login'])
    await answer(terminal, / Key for /, CTRL_C)
    await terminal.exitCode()
    expect(terminal.output).not.toContain(CYAN)
  })
})

/** With a key for the API, and now in front of a gateway. */
async function openElsewhere() {
  const user = await openLoginUser()
  await user.run(['login', '--stdin'], { input: KEY })
  return { user, terminal: user.open(['--upstream', GATEWAY, 'login']) }
}

async function answer(terminal: Pty, question: RegExp, keys: string): Promise<void> {
  await terminal.waitFor(question)
  terminal.write(keys)
}

/** The process under the shell. */
function programIn({ output }: Pty): number {
  const shell = /shell (\d+)/.exec(output)?.[1] ?? ''
  return Number(execFileSync('pgrep', ['-P', shell]))
}

/** What the terminal shows of the typed key. */
function shownLetters({ output }: Pty): string {
  return /sk-|-ant|api0|canary/.exec(output)?.[0] ?? ''
}
