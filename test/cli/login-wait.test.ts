import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { writeAccount } from '../../src/credentials/accounts.ts'
import { startCli } from '../support/cli.ts'
import { openLoginUser } from '../support/login.ts'
import { allGone } from '../support/process-list.ts'
import { secretServiceUnavailable } from '../support/secret-service.ts'

const RECORD = { account: 'default', origin: 'https://gateway.example', storedAt: null }

const reason = secretServiceUnavailable

describe.skipIf(reason)(`a keychain that waits for a person${reason ? `: ${reason}` : ''}`, () => {
  test.each([
    ['login --stdin', ['login', '--stdin']],
    ['login --keep', ['login', '--keep']],
    ['logout', ['logout']],
  ])('%s says so', async (_case, args) => {
    const { said } = await openWaiting(args)
    expect(said).toBe('claude-gw: waiting for the keychain; is there a prompt on your desktop?\n')
  })

  test('a signal ends the waiting, takes the prompt away, and changes nothing', async () => {
    const { user, child, asking } = await openWaiting(['login', '--keep'])
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([130, null])
    await allGone([asking])
    expect(user.account()).toEqual(RECORD)
  })
})

async function openWaiting(args: readonly string[]) {
  const user = await openLoginUser('silent', { default: 'stored-key' })
  writeAccount(user.state, RECORD)
  const child = startCli(args, { env: user.env })
  onTestFinished(() => void child.kill('SIGTERM'))
  child.stdin?.end('new-key')
  const [said] = child.stderr ? await once(child.stderr, 'data') : []
  const asking = Number(execFileSync('pgrep', ['-P', String(child.pid)]))
  return { user, child, asking, said: String(said) }
}
