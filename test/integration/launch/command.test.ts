import { expect, test } from 'vitest'
import { runCommand } from '../../../src/base/command.ts'

test('what a command printed and its exit code are given', async () => {
  const outcome = await run('echo out; echo err >&2; exit 3')
  expect(outcome).toEqual({ kind: 'exited', exitCode: 3, stdout: 'out\n', stderr: 'err\n' })
})

test('a command that is not there is not a failed one', async () => {
  expect(await runCommand('/nonexistent/program', [], { timeoutMs: 5000 })).toEqual({ kind: 'not-found' })
})

test('a command that does not end is ended', async () => {
  const outcome = await runCommand('sleep', ['60'], { timeoutMs: 50 })
  expect(outcome).toEqual({ kind: 'failed', reason: 'it did not end within 50 ms' })
})

test('a command that prints too much is ended', async () => {
  const outcome = await runCommand('yes', [], { timeoutMs: 5000 })
  expect(outcome).toEqual({ kind: 'failed', reason: 'it printed too much' })
})

test('a command that a signal ends has failed', async () => {
  expect(await run('kill -KILL $$')).toEqual({ kind: 'failed', reason: 'it was ended by SIGKILL' })
})

test('stdin is empty', async () => {
  expect(await run('cat; echo end')).toMatchObject({ stdout: 'end\n' })
})

function run(script: string) {
  return runCommand('sh', ['-c', script], { timeoutMs: 5000 })
}
