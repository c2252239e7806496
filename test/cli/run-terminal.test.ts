import { resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Home } from '../support/claude-run.ts'
import { installProgram, openHome, upstreamEnv } from '../support/claude-run.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer } from '../support/faults.ts'
import { Pty, ptyUnavailable } from '../support/pty.ts'

const PROGRAM = resolve(import.meta.dirname, '../../bin/claude-gw.js')
const OURS = /claude-gw: /

describe.skipIf(ptyUnavailable)(`in a terminal${ptyUnavailable ? `: ${ptyUnavailable}` : ''}`, () => {
  test('a line says before the child where it leads, and one after it what went through', async () => {
    const { home, upstream } = await openUpstream()
    const terminal = openRun(home, upstream.url, [], 'ask.mjs')
    const started = await terminal.waitFor(
      /claude-gw: http:\/\/127\.0\.0\.1:\d+ through 127\.0\.0\.1:\d+ [^\n]*\n/,
    )
    const asked = await terminal.waitFor(/"pid":/, started)
    terminal.write('{}\n')
    const answered = await terminal.waitFor(/"status":200/, asked)
    terminal.write('\x04')
    await terminal.waitFor(/claude-gw: 1 request; /, answered)
    expect(await terminal.exitCode()).toBe(0)
    expect(terminal.output).not.toContain(upstreamEnv('')['UPSTREAM_KEY'])
  })

  test.each([
    ['--quiet', ['--quiet', 'run', 'x']],
    ['-p', ['run', '-p', 'x']],
    ['what sends no requests', ['run', 'mcp', 'list']],
  ])('with %s nothing is printed', async (_case, args) => {
    const terminal = openRun(openHome(), 'http://127.0.0.1:9', args)
    expect(await terminal.exitCode()).toBe(0)
    expect(terminal.output).toContain('"args"')
    expect(terminal.output).not.toMatch(OURS)
  })

  test.each(['>', '2>'])('with %s to a file nothing is printed', async (redirection) => {
    const terminal = openRun(
      openHome(),
      'http://127.0.0.1:9',
      ['run', 'x'],
      'show.mjs',
      `${redirection}/dev/null`,
    )
    expect(await terminal.exitCode()).toBe(0)
    expect(terminal.output).not.toMatch(OURS)
  })
})

async function openUpstream() {
  const upstream = await startFaultUpstream(answer())
  onTestFinished(upstream.close)
  return { home: openHome(), upstream }
}

function openRun(
  home: Home,
  upstreamUrl: string,
  args: readonly string[],
  fixture: 'ask.mjs' | 'show.mjs' = 'show.mjs',
  redirection = '',
): Pty {
  const CLAUDE_GW_CLAUDE_COMMAND = installProgram(home, fixture)
  const env = {
    PATH: process.env['PATH'],
    TERM: 'xterm',
    ...home.env,
    ...upstreamEnv(upstreamUrl),
    CLAUDE_GW_CLAUDE_COMMAND,
  }
  const line = [
    '-c',
    `"$@" ${redirection}`,
    'sh',
    process.execPath,
    PROGRAM,
    ...(args.length ? args : ['run']),
  ]
  const terminal = new Pty({ command: 'sh', args: line, env, cwd: home.project, columns: 200 })
  onTestFinished(() => terminal.close())
  return terminal
}
