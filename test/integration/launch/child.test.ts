import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { compiledSource } from '../../support/compiled-source.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const FIXTURES = resolve(import.meta.dirname, '../../fixtures/launch')
const moduleUrl = compiledSource()

test('the exit code is the child’s', async () => {
  const launcher = startLauncher('sh', ['-c', 'exit 42'])
  expect(await exitOf(launcher)).toBe(42)
})

test('a child that a signal ended gives 128+n', async () => {
  const launcher = startLauncher('sh', ['-c', 'kill -KILL $$'])
  expect(await exitOf(launcher)).toBe(137)
})

test('stdin and stdout are the child’s own, and its arguments are as given', async () => {
  const launcher = startLauncher(process.execPath, [join(FIXTURES, 'echo.mjs'), '--', 'a b', '', '"$x"'])
  launcher.stdin.end('hello\n')
  const [stdout, stderr] = await Promise.all([text(launcher.stdout), text(launcher.stderr)])
  expect(stdout).toBe('HELLO\n')
  expect(JSON.parse(stderr)).toEqual(['--', 'a b', '', '"$x"'])
})

test('a reader that goes away does not end us before the child', async () => {
  const launcher = startLauncher('sh', ['-c', 'trap "" PIPE; echo first; sleep 0.3; echo second; exit 7'])
  await once(launcher.stdout, 'data')
  launcher.stdout.destroy()
  expect(await exitOf(launcher)).toBe(7)
})

for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} is passed on, and the child decides how to end`, async () => {
    const launcher = startLauncher(process.execPath, [join(FIXTURES, 'signals.mjs')])
    const output = collect(launcher)
    await output.waitFor('ready')
    launcher.kill(signal)
    expect(await exitOf(launcher)).toBe(43)
    expect(output.text()).toContain(`child got ${signal}`)
  })
}

for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
  test(`${signal} that only we get, without a terminal, reaches the child once`, async () => {
    const launcher = startLauncher(process.execPath, [join(FIXTURES, 'signals.mjs')])
    const output = collect(launcher)
    await output.waitFor('ready')
    launcher.kill(signal)
    await output.waitFor(`child got ${signal}`)
    await delay(300)
    expect(output.text().match(new RegExp(`child got ${signal}`, 'g'))).toHaveLength(1)
    launcher.stdin.write('exit 5')
    expect(await exitOf(launcher)).toBe(5)
  })
}

test('a child that ignores SIGTERM is killed when its time is over', async () => {
  const launcher = startLauncher(process.execPath, [join(FIXTURES, 'stubborn.mjs')], { KILL_AFTER_MS: '200' })
  const output = collect(launcher)
  await output.waitFor('ready')
  launcher.kill('SIGTERM')
  expect(await exitOf(launcher)).toBe(137)
  expect(output.text()).toContain('child ignores SIGTERM')
})

test('a child that ignores SIGINT or SIGHUP is left alone', async () => {
  const script = 'trap "" INT HUP; echo ready; sleep 0.6; exit 7'
  const launcher = startLauncher('sh', ['-c', script], { KILL_AFTER_MS: '50' })
  await collect(launcher).waitFor('ready')
  launcher.kill('SIGINT')
  launcher.kill('SIGHUP')
  expect(await exitOf(launcher)).toBe(7)
})

for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
  test(`${signal} after the end of the child does not change its exit code`, async () => {
    const launcher = startLauncher('sh', ['-c', 'exit 42'], { FINISH_MS: '500' })
    await once(launcher.stderr, 'data')
    launcher.kill(signal)
    expect(await exitOf(launcher)).toBe(42)
  })
}

test('a program that is not there is 127', async () => {
  const launcher = startLauncher('/nonexistent/claude', [])
  const stderr = text(launcher.stderr)
  expect(await exitOf(launcher)).toBe(127)
  expect(await stderr).toBe('CLAUDE_NOT_FOUND: /nonexistent/claude was not found\n')
})

test('a file that is no program is 126', async () => {
  const path = join(temporaryDirectory(), 'claude')
  writeFileSync(path, 'text', { mode: 0o644 })
  const launcher = startLauncher(path, [])
  const stderr = text(launcher.stderr)
  expect(await exitOf(launcher)).toBe(126)
  expect(await stderr).toContain(`CLAUDE_NOT_EXECUTABLE: ${path} cannot be executed`)
})

test('a script without its interpreter is 126, and says so', async () => {
  const path = join(temporaryDirectory(), 'claude')
  writeFileSync(path, '#!/nonexistent/node\n')
  chmodSync(path, 0o755)
  const launcher = startLauncher(path, [])
  const stderr = text(launcher.stderr)
  expect(await exitOf(launcher)).toBe(126)
  expect(await stderr).toContain('its interpreter was not found')
})

test('no signal handler is left behind after the release', async () => {
  const names = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGCONT']
  const before = names.map((name) => process.listenerCount(name))
  const { launch } = await import('../../../src/launch/child.ts')
  const env = { PATH: process.env['PATH'] ?? '' }
  const result = await launch({ command: 'true', args: [], env, cwd: process.cwd(), process })
  expect(result.exitCode).toBe(0)
  result.release()
  expect(names.map((name) => process.listenerCount(name))).toEqual(before)
})

/** A launcher in a session of its own, so that no terminal of the test run has a part in it. */
function startLauncher(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  const launcher = spawn(
    process.execPath,
    [join(FIXTURES, 'launcher.mjs'), moduleUrl('launch/child.js'), command, ...args],
    { detached: true, stdio: 'pipe', env: { ...process.env, ...env } },
  )
  onTestFinished(() => {
    if (launcher.exitCode === null && launcher.pid !== undefined) process.kill(-launcher.pid, 'SIGKILL')
  })
  return launcher
}

async function exitOf(launcher: ChildProcessWithoutNullStreams): Promise<number | null> {
  if (launcher.exitCode === null) await once(launcher, 'exit')
  return launcher.exitCode
}

function collect(launcher: ChildProcessWithoutNullStreams): {
  readonly text: () => string
  readonly waitFor: (part: string) => Promise<void>
} {
  let output = ''
  launcher.stdout.on('data', (data) => {
    output += data
  })
  const waitFor = async (part: string) => {
    while (!output.includes(part)) await once(launcher.stdout, 'data')
  }
  return { text: () => output, waitFor }
}
