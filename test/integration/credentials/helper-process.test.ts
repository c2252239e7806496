import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { HelperCommand, HelperRun } from '../../../src/credentials/helper-process.ts'
import { runHelper } from '../../../src/credentials/helper-process.ts'
import { compiledSource } from '../../support/compiled-source.ts'
import { fakeProgram } from '../../support/fake-program.ts'
import { allGone, processList } from '../../support/process-list.ts'
import { machine } from '../../support/surroundings.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const EXITING = resolve(import.meta.dirname, '../../fixtures/credentials/exiting.mjs')
const PATH = process.env['PATH']
const moduleUrl = compiledSource()

describe('what a helper printed', () => {
  test('is given with its exit code', async () => {
    const outcome = await shell('echo out; echo err >&2; exit 3')
    expect(outcome).toEqual({ kind: 'exited', exitCode: 3, stdout: 'out\n', stderr: 'err\n' })
  })

  test('may be exactly as much as the limit', async () => {
    const outcome = await shell('printf 12345678', { maxOutputBytes: 8 })
    expect(outcome).toMatchObject({ kind: 'exited', stdout: '12345678' })
  })

  test('may not be more', async () => {
    const outcome = await shell('printf 123456789; sleep 60', { maxOutputBytes: 8 })
    expect(outcome).toEqual({ kind: 'failed', reason: expect.stringContaining('it printed more than') })
  })

  test('may be 64 KB by default, and no endless stream', async () => {
    expect(await shell('yes')).toEqual({ kind: 'failed', reason: 'it printed more than 64 KB' })
  })

  test('on stderr is kept by its last whole lines', async () => {
    const outcome = await shell('yes first | head -c 1000000 >&2; echo last >&2')
    if (outcome.kind !== 'exited') throw new Error(outcome.kind)
    expect(outcome.stderr).toMatch(/^(first\n)+[firs]*last\n$/)
    expect(outcome.stderr.length).toBeLessThanOrEqual(8192)
  })

  test('on stderr is nothing if the end of an endless line is all there is', async () => {
    const outcome = await shell('yes | tr -d "\\n" | head -c 1000000 >&2')
    expect(outcome).toMatchObject({ kind: 'exited', stderr: '' })
  })
})

describe('a helper', () => {
  test('that is a program gets its arguments as they are', async () => {
    const { PATH, calls } = fakeProgram('show')
    const args = ['a b', '', '"$HOME"', "'", '*']
    await run({ kind: 'program', file: 'show', args }, { machine: machine({ PATH }) })
    expect(calls().map((call) => call.args)).toEqual([args])
  })

  test('that is not there has not failed', async () => {
    expect(await run({ kind: 'program', file: 'no-such-program', args: [] })).toEqual({ kind: 'not-found' })
  })

  test('that the shell does not find ends with the shell’s own code', async () => {
    expect(await shell('no-such-program')).toMatchObject({ kind: 'exited', exitCode: 127 })
  })

  test('that cannot be executed has failed', async () => {
    const file = join(temporaryDirectory(), 'program')
    writeFileSync(file, 'text', { mode: 0o644 })
    const outcome = await run({ kind: 'program', file, args: [] })
    expect(outcome).toEqual({ kind: 'failed', reason: 'it could not be started (EACCES)' })
  })

  test('that cannot be started is not shown with its arguments', async () => {
    const outcome = await shell('echo secret\0')
    expect(outcome).toEqual({ kind: 'failed', reason: 'it could not be started (ERR_INVALID_ARG_VALUE)' })
  })

  test('that a signal ended has failed', async () => {
    expect(await shell('kill -KILL $$')).toEqual({ kind: 'failed', reason: 'it was ended by SIGKILL' })
  })

  test('has an empty stdin', async () => {
    expect(await shell('cat; echo end')).toMatchObject({ stdout: 'end\n' })
  })

  test('can be given something on stdin', async () => {
    expect(await shell('cat; echo end', { input: 'given\n' })).toMatchObject({ stdout: 'given\nend\n' })
  })

  test('need not read what it is given', async () => {
    expect(await shell('exec <&-; exit 5', { input: 'x'.repeat(5_000_000) })).toMatchObject({ exitCode: 5 })
  })

  test('leads a session of its own, away from the terminal', async () => {
    expect(await shell('[ "$(ps -o sid= -p $$ | tr -d " ")" = $$ ]')).toMatchObject({ exitCode: 0 })
  })
})

describe('the environment of a helper', () => {
  test('is the machine’s without the marks of a run, one look-up deeper', async () => {
    const { PATH, calls } = fakeProgram('show')
    const env = { PATH, OWN: '1', CLAUDE_GW_RUN_ID: 'r', CLAUDE_GW_RUN_TOKEN: 't', CLAUDE_GW_PROFILE: 'p' }
    await run({ kind: 'program', file: 'show', args: [] }, { machine: machine(env) })
    expect(calls()[0]?.env).toEqual({ PATH, OWN: '1', CLAUDE_GW_PROFILE: 'p', CLAUDE_GW_LOOKUP_DEPTH: '1' })
  })

  test('can be another one', async () => {
    const outcome = await shell('echo "$OWN"', { machine: machine({ PATH, OWN: '1' }), env: { OWN: '2' } })
    expect(outcome).toMatchObject({ stdout: '2\n' })
  })
})

describe('the end of a helper', () => {
  test('comes after its time with all that it started, even where that ignores SIGTERM', async () => {
    const { line, ids } = stubborn()
    const outcome = shell(line, { timeoutMs: 2000 })
    const running = await ids()
    expect(await outcome).toEqual({ kind: 'timeout', reason: 'it did not end within 2 s' })
    await allGone(running)
  })

  test('comes with all that it started when it prints too much', async () => {
    const { line, ids } = stubborn('yes &')
    const outcome = shell(line)
    const running = await ids()
    expect(await outcome).toMatchObject({ kind: 'failed' })
    await allGone(running)
  })

  test('comes when this process exits', async () => {
    const { line, ids } = stubborn()
    const parent = spawn(process.execPath, [EXITING, moduleUrl('credentials/helper-process.js'), line])
    onTestFinished(() => void parent.kill('SIGKILL'))
    const running = await ids()
    parent.stdin.end()
    expect(await once(parent, 'exit')).toEqual([3, null])
    await allGone(running)
  })

  test('is not waited for where something it started holds its stdout', async () => {
    const { line, ids } = stubborn('echo token; exit 0')
    const outcome = await shell(line)
    expect(outcome).toMatchObject({ kind: 'exited', exitCode: 0, stdout: 'token\n' })
    await allGone(await ids())
  })

  test('ends what it left in the background, apart from its output', async () => {
    const { path, ids } = processList()
    const background = `sh -c 'echo $$ >${path}; exec sleep 60' >/dev/null 2>&1 &`
    const both = `until [ -s ${path} ]; do sleep 0.01; done`
    expect(await shell(`${background}\n${both}`)).toMatchObject({ exitCode: 0 })
    await allGone(await ids(1))
  })

  test('leaves alone what has a session of its own, such as an agent', async () => {
    const { path, ids } = processList()
    const agent = fakeProgram(
      'agent',
      `require('node:fs').writeFileSync(process.argv[2], process.pid + '\\n')
      setTimeout(() => require('node:fs').appendFileSync(process.argv[2], process.pid + '\\n'), 300)`,
    )
    const starter = fakeProgram(
      'start-agent',
      `require('node:child_process')
      .spawn('agent', process.argv.slice(2), { detached: true, stdio: 'ignore' }).unref()`,
    )
    const PATH = `${agent.PATH}:${starter.PATH}`
    expect(await shell(`start-agent ${path}`, { machine: machine({ PATH }) })).toMatchObject({ exitCode: 0 })
    await ids(2)
  })

  test('is heard of by one listener for all helpers, and by none afterwards', async () => {
    const before = process.listenerCount('exit')
    const helpers = Array.from({ length: 12 }, () => shell('sleep 60', { timeoutMs: 200 }))
    expect(process.listenerCount('exit')).toBe(before + 1)
    await Promise.all([...helpers, shell('exit 0'), shell('yes')])
    expect(process.listenerCount('exit')).toBe(before)
  })
})

/** A shell line whose shell and whose child ignore SIGTERM, and end only by force. */
function stubborn(more = ''): { readonly line: string; readonly ids: () => Promise<readonly number[]> } {
  const { path, ids } = processList()
  const child = `sh -c 'echo $$ >>${path}; while :; do sleep 60; done' &`
  const both = `until [ "$(wc -l <${path})" -eq 2 ]; do sleep 0.01; done`
  const line = `trap "" TERM; echo $$ >>${path}; ${child}\n${both}\n${more}\nwhile :; do sleep 60; done`
  return { line, ids: () => ids(2) }
}

function shell(line: string, options: Partial<HelperRun> = {}) {
  return run({ kind: 'shell', line }, options)
}

function run(command: HelperCommand, options: Partial<HelperRun> = {}) {
  return runHelper(command, { machine: machine({ PATH }), timeoutMs: 20_000, ...options })
}
