import { expect, onTestFinished, test } from 'vitest'
import type { Fixture } from '../support/claude-run.ts'
import { installProgram, openAsking, openHome, recordsOf, upstreamEnv } from '../support/claude-run.ts'
import { runCli, startCli } from '../support/cli.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer } from '../support/faults.ts'

const NOWHERE = upstreamEnv('http://127.0.0.1:9')

test('the path of a program in front is what it launches, with the rest of the arguments as they are', async () => {
  const { program, run } = openWrapper('show.mjs')
  const args = ['--output-format', 'json', '', '--', '--help']
  const { exitCode, stdout, stderr } = await run([program, ...args])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(JSON.parse(stdout)).toMatchObject({ args, env: { CLAUDE_GW_RUN_PROFILE: 'default' } })
})

test('without one it launches `claude` with all of them', async () => {
  const { program, run } = openWrapper('show.mjs')
  const { stdout } = await run(['-p', 'hello'], { CLAUDE_GW_CLAUDE_COMMAND: program })
  expect(JSON.parse(stdout).args).toEqual(['-p', 'hello'])
})

test('a file that is no program is an argument', async () => {
  const { program, run } = openWrapper('show.mjs')
  const { stdout } = await run([import.meta.filename], { CLAUDE_GW_CLAUDE_COMMAND: program })
  expect(JSON.parse(stdout).args).toEqual([import.meta.filename])
})

test('a program with a runtime in front of it is launched as it stands', async () => {
  const { program, run } = openWrapper('show.mjs')
  const { stdout } = await run([process.execPath, program, '-p'])
  expect(JSON.parse(stdout).args).toEqual(['-p'])
})

test('the exit code is the program’s', async () => {
  const { program, run } = openWrapper('exec.sh')
  expect(await run([program, 'sh', '-c', 'exit 9'])).toMatchObject({ exitCode: 9, stdout: '', stderr: '' })
})

test('what the program sends comes through the gateway', async () => {
  const upstream = await startFaultUpstream(answer())
  onTestFinished(upstream.close)
  const home = openHome()
  const env = { ...home.env, ...upstreamEnv(upstream.url) }
  const bin = 'claude-gw-run.js'
  const run = await openAsking(startCli([installProgram(home, 'ask.mjs')], { bin, env, cwd: home.project }))
  expect((await run.ask()).status).toBe(200)
  await run.end()
  expect(recordsOf(home)).toHaveLength(1)
})

function openWrapper(fixture: Fixture) {
  const home = openHome()
  const program = installProgram(home, fixture)
  const run = (args: readonly string[], env: Record<string, string> = {}) =>
    runCli(args, {
      bin: 'claude-gw-run.js',
      env: { ...home.env, ...NOWHERE, ...env },
      cwd: home.project,
    })
  return { program, run }
}
