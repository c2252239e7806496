import { mkdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, inject, onTestFinished, test } from 'vitest'
import { apiErrorAnswer } from '../support/answer.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer } from '../support/faults.ts'
import { configOf, filesBelow } from '../support/init.ts'
import { Pty, ptyUnavailable } from '../support/pty.ts'
import type { RecordedRequest } from '../support/recorded-request.ts'
import { secretServiceUnavailable, startSecretService } from '../support/secret-service.ts'
import { textAnswer } from './real-claude.ts'

const BIN = resolve(import.meta.dirname, '../../bin/claude-gw.js')
const KEY = 'sk-fresh-canary-27c5e1'
const ENTER = '\r'

const reason = secretServiceUnavailable ?? ptyUnavailable

test.skipIf(reason)(`from nothing to a first answer${reason ? `: ${reason}` : ''}`, async () => {
  const { env, project } = await openMachine()
  const upstream = await startGateway()
  const terminal = openShell(env, project)

  terminal.write('claude-gw init\n')
  await answerTo(terminal, /Name of the profile/, ENTER)
  await answerTo(terminal, /URL of the API or gateway/, `${upstream.url}/v1${ENTER}`)
  await answerTo(terminal, /Where does the key come from\?[\s\S]*another place/, ENTER)
  await answerTo(terminal, / Key for /, KEY + ENTER)
  const ready = await terminal.waitFor(/What to type next:\s+claude-gw run[\s\S]*\$ /)
  expect(terminal.output.match(/✓ ok/g)).toHaveLength(4)
  expect(configOf(env)).toEqual({ upstream: upstream.url, credential: 'keychain:', auth: 'x-api-key' })

  terminal.write('claude-gw run -p hi\n')
  const answered = await terminal.waitFor(/Hello from the gateway/, ready, 60_000)
  terminal.write('claude-gw logs\n')
  await terminal.waitFor(/claude-\S+ +200 /, answered)

  const turns = upstream.requests.filter(isTurn)
  expect(turns.map((request) => request.values('x-api-key'))).toEqual([[KEY]])
  expect(turns[0]?.values('authorization')).toEqual([])
  expect(terminal.output).not.toContain(KEY)
  expect(filesBelow(env['HOME'] ?? '')).not.toContain(KEY)
})

interface Machine {
  readonly env: Readonly<Record<string, string>>
  readonly project: string
}

/** A machine with Node.js, Claude Code, claude-gw and a keychain; its user has used none of them. */
async function openMachine(): Promise<Machine> {
  const { env } = await startSecretService()
  const home = env['HOME'] ?? ''
  const programs = join(home, 'programs')
  const project = join(home, 'project')
  mkdirSync(programs)
  mkdirSync(project)
  symlinkSync(inject('claudeCode').path, join(programs, 'claude'))
  symlinkSync(BIN, join(programs, 'claude-gw'))
  const calm = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1' }
  const terminal = { TERM: 'xterm-256color', PS1: '$ ', NO_COLOR: '1' }
  return { project, env: { ...env, ...calm, ...terminal, PATH: `${programs}:${env['PATH']}` } }
}

/** A gateway that takes the key in `x-api-key`, and otherwise is as the API. */
async function startGateway() {
  const upstream = await startFaultUpstream(async (call) => {
    const { request } = call
    await request.arrived
    const isKnown = request.values('x-api-key')[0] === KEY
    if (!isKnown) return answer(apiErrorAnswer(401, 'authentication_error', 'invalid key'))(call)
    return answer(isTurn(request) ? textAnswer('Hello from the gateway') : INVALID)(call)
  })
  onTestFinished(upstream.close)
  return upstream
}

const INVALID = apiErrorAnswer(
  400,
  'invalid_request_error',
  'max_tokens: Input should be greater than or equal to 1',
)

function isTurn({ method, body }: RecordedRequest): boolean {
  return method === 'POST' && JSON.parse(String(body)).max_tokens > 0
}

function openShell(env: Readonly<Record<string, string>>, cwd: string): Pty {
  const terminal = new Pty({ command: 'sh', args: ['-i'], env, cwd, columns: 160 })
  onTestFinished(() => terminal.close())
  return terminal
}

async function answerTo(terminal: Pty, question: RegExp, keys: string): Promise<void> {
  await terminal.waitFor(question)
  terminal.write(keys)
}
