import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openHome } from '../support/claude-run.ts'
import { startCli } from '../support/cli.ts'
import { startServe } from '../support/serve.ts'

const PROGRAM = join(import.meta.dirname, '../../bin/claude-gw.js')
const COMMANDS = [
  ['--version'],
  ['help'],
  ['doctor', '--offline'],
  ['doctor', '--offline', '--json'],
  ['settings'],
  ['config', 'list'],
  ['config', 'path'],
  ['logs'],
  ['logs', 'schema'],
  ['usage'],
  ['completion', 'bash'],
]

describe('where nobody reads, no error is shown', () => {
  test.each(COMMANDS)('claude-gw %s %s %s', (...args) => {
    const { stderr } = shell('"$@" | true', args)
    expect(stderr).not.toMatch(/EPIPE|Error|internal/)
  })

  test('claude-gw key and statusline', () => {
    const env = { CLAUDE_GW_CREDENTIAL: 'env:KEY', KEY: 'a-key-of-somebody' }
    expect(shell('"$@" | true', ['key'], env).stderr).toBe('')
    expect(shell('"$@" </dev/null | true', ['statusline'], env).stderr).toBe('')
  })

  test('claude-gw env', async () => {
    const { env } = await startServe()
    expect(shell('"$@" | true', ['env'], env).stderr).not.toMatch(/EPIPE|Error/)
  })

  test('a gateway serves on', async () => {
    const { env } = await startServe()
    const served = startCli(['--profile', 'work', 'serve', '--json'], { env })
    onTestFinished(() => void served.kill('SIGKILL'))
    served.stdout?.destroy()
    await expect
      .poll(() => shell('"$@"', ['--profile', 'work', 'env'], env).status, { timeout: 10_000 })
      .toBe(0)
  })
})

describe.skipIf(!existsSync('/dev/full'))('where nothing can be written, that is said', () => {
  test.each([['settings'], ['doctor', '--offline'], ['config', 'list']])('claude-gw %s %s', (...args) => {
    const { status, stderr } = shell('"$@" > /dev/full', args)
    expect(status).toBe(1)
    expect(stderr).toContain('claude-gw: what is printed cannot be written: ENOSPC')
  })
})

function shell(script: string, args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const env = { PATH: process.env['PATH'], ...openHome().env, ...more }
  const words = ['-c', script, 'sh', process.execPath, PROGRAM, ...args]
  return spawnSync('sh', words, { env, encoding: 'utf8' })
}
