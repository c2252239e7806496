import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { installProgram, openHome } from '../support/claude-run.ts'
import type { CliResult } from '../support/cli.ts'
import { runCli } from '../support/cli.ts'

test('without a `claude` a stand-in plays all of it, and says so', async () => {
  const { result } = await runDemo({ PATH: '/nonexistent' })
  expect(result.exitCode).toBe(0)
  expect(result.stderr).toContain('Claude Code (`claude`) was not found')
  expect(result.stdout).toContain('A gateway on your own machine.')
  expect(result.stdout).toContain('has its own line in the log')
  expect(result.stdout).toContain('The first attempt was answered with 429')
  expect(loggedStatuses(result)).toEqual(['200', '200', '200', '429', '200'])
})

test('the user’s own settings, log and variables have no part in it', async () => {
  const home = openHome()
  const before = readdirSync(home.directory)
  const own = { CLAUDE_GW_CREDENTIAL: 'env:MISSING', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' }
  const result = await runCli(['demo'], { env: { ...home.env, ...own, PATH: '/nonexistent' } })
  expect(result.exitCode).toBe(0)
  expect(readdirSync(home.directory)).toEqual(before)
})

test('a `claude` on PATH is launched for every prompt, in a home that is thrown away', async () => {
  const home = openHome()
  installProgram(home, 'show.mjs')
  const { result } = await runDemo({ PATH: `${join(home.directory, 'bin')}:${process.env['PATH']}` })
  expect(result.exitCode).toBe(0)
  const shown = result.stdout.split(/(?<=\})(?=\{"args")/).map((text) => JSON.parse(text))
  expect(shown.map(({ args }) => args.slice(0, 1))).toEqual([['-p'], ['-p'], ['-p']])
  const [{ env, cwd }] = shown
  expect(env.HOME).not.toBe(home.directory)
  expect(cwd).toBe(env.HOME)
  expect(env).not.toHaveProperty('DEMO_KEY')
  expect(readdirSync(join(env.HOME, '..'))).not.toContain(env.HOME)
})

test('it ends with the exit code of a prompt that failed', async () => {
  const home = openHome()
  const CLAUDE_GW_CLAUDE_COMMAND = installProgram(home, 'exec.sh')
  const { result } = await runDemo({ CLAUDE_GW_CLAUDE_COMMAND })
  expect(result.exitCode).not.toBe(0)
})

async function runDemo(env: Record<string, string>) {
  const home = openHome()
  return { home, result: await runCli(['demo'], { env: { ...home.env, ...env }, cwd: home.project }) }
}

/** Of the table at the end. */
function loggedStatuses({ stderr }: CliResult): (string | undefined)[] {
  const table = stderr.slice(stderr.indexOf('$ claude-gw logs')).split('\n')
  return table.filter((line) => line.includes('claude-')).flatMap((line) => / (\d{3}) /.exec(line)?.[1] ?? [])
}
