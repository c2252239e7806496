import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { installProgram, openHome, recordsOf, upstreamEnv } from '../support/claude-run.ts'
import { startCli } from '../support/cli.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { holdAnswer } from '../support/held-answer.ts'

test('an answer to a process that the child left behind comes whole, and the exit code is the child’s', async () => {
  const { home, run, exited, waiting, release } = await startLeaving()
  await waiting
  // Longer than the grace of a gateway that has nobody to wait for.
  await delay(2_000)
  expect(run.exitCode).toBeNull()
  release()
  expect(await exited).toEqual([7, null])
  await expect.poll(() => leftText(home.directory)).toBe('begin end')
  expect(recordsOf(home)).toMatchObject([{ outcome: 'ok' }])
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s cuts it, and leaves the exit code',
  async (signal) => {
    const { home, run, exited, waiting } = await startLeaving()
    await waiting
    run.kill(signal)
    expect(await exited).toEqual([7, null])
    await expect.poll(() => leftText(home.directory)).toBe('cut')
    expect(recordsOf(home)).toMatchObject([{ outcome: 'client_aborted' }])
  },
)

test('`--quiet` says nothing of the wait', async () => {
  const { run, exited, release } = await startLeaving(['--quiet'])
  let said = ''
  run.stderr?.on('data', (bytes) => {
    said += bytes
  })
  setTimeout(release, 1_500)
  await exited
  expect(said).toBe('')
})

/** A run whose child has ended in the middle of an answer to a process that it left. */
async function startLeaving(options: readonly string[] = []) {
  const { fault, release } = holdAnswer()
  const upstream = await startFaultUpstream(fault)
  onTestFinished(upstream.close)
  const home = openHome()
  const env = {
    ...home.env,
    ...upstreamEnv(upstream.url),
    CLAUDE_GW_CLAUDE_COMMAND: installProgram(home, 'leave.mjs'),
    LEFT: join(home.directory, 'left'),
  }
  const run = startCli([...options, 'run'], { env, cwd: home.project })
  onTestFinished(() => void run.kill('SIGKILL'))
  const exited = once(run, 'exit')
  const waiting = once(createInterface({ input: run.stderr as NodeJS.ReadableStream }), 'line')
  return { home, run, exited, waiting, release }
}

function leftText(folder: string): string {
  try {
    return readFileSync(join(folder, 'left'), 'utf8')
  } catch {
    return ''
  }
}
