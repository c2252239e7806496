import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openHome, startAsking } from '../support/claude-run.ts'
import { runCli } from '../support/cli.ts'
import type { RunningServe } from '../support/serve.ts'
import { startServe } from '../support/serve.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

test('points a shell at the running `serve`', async () => {
  const { env, ready } = await startServe()
  const { stdout } = await runCli(['env', '--shell', 'json'], { env })
  expect(JSON.parse(stdout)).toMatchObject({
    ANTHROPIC_BASE_URL: ready.url,
    ANTHROPIC_AUTH_TOKEN: ready.token,
  })
})

test('without a running one it says how to start it', async () => {
  const env = { CLAUDE_GW_STATE_DIR: temporaryDirectory() }
  const result = await runCli(['env'], { env })
  expect(result.exitCode).toBe(1)
  expect(result.stderr).toContain('start one with `claude-gw serve` in')
  const upstream = { CLAUDE_GW_UPSTREAM: 'https://gateway.example' }
  const named = await runCli(['--profile', 'work', 'env'], { env: { ...env, ...upstream } })
  expect(named.stderr).toContain('start one with `claude-gw --profile work serve` in')
})

test('a variable that has to go is null in JSON', async () => {
  const { env } = await startServe()
  const { stdout } = await runCli(['env', '--shell', 'json'], { env: { ...env, ANTHROPIC_API_KEY: 'key' } })
  expect(JSON.parse(stdout)).toHaveProperty('ANTHROPIC_API_KEY', null)
})

test('tool search follows the upstream of the running `serve`, not the configuration of this shell', async () => {
  const { env } = await startServe()
  const here = { ...env, CLAUDE_GW_UPSTREAM: 'https://api.anthropic.com' }
  const { stdout, stderr } = await runCli(['env', '--shell', 'json'], { env: here })
  expect(JSON.parse(stdout)).not.toHaveProperty('ENABLE_TOOL_SEARCH')
  expect(stderr).toContain(`this gateway goes to ${env['CLAUDE_GW_UPSTREAM']}; for https://api.anthropic.com`)
})

test('tool search is on where the running `serve` has the API itself behind it', async () => {
  const { env } = await startServe({ env: { CLAUDE_GW_UPSTREAM: 'https://api.anthropic.com' } })
  const here = { ...env, CLAUDE_GW_UPSTREAM: 'https://gateway.example' }
  const { stdout } = await runCli(['env', '--shell', 'json'], { env: here })
  expect(JSON.parse(stdout)).toHaveProperty('ENABLE_TOOL_SEARCH', 'true')
})

test('a name in settings that is none for a shell cannot get into an eval', async () => {
  const { env } = await startServe()
  const folder = temporaryDirectory()
  const mark = join(folder, 'mark')
  const claudeDirectory = withSettings(folder, { [`X;touch ${mark};_PROXY`]: 'x' })
  const { stdout } = await runCli(['env'], { env: { ...env, CLAUDE_CONFIG_DIR: claudeDirectory } })
  execFileSync('sh', ['-c', `eval "$0" || true`, stdout], { stdio: 'ignore' })
  expect(stdout).toContain('export ANTHROPIC_BASE_URL=')
  expect(existsSync(mark)).toBe(false)
})

test('a value in settings cannot leave its quotes in PowerShell', async () => {
  const { env } = await startServe()
  const claudeDirectory = withSettings(temporaryDirectory(), { ANTHROPIC_CUSTOM_HEADERS: "a: ’'\nb: c" })
  const { stdout } = await runCli(['env', '--shell', 'powershell'], {
    env: { ...env, CLAUDE_CONFIG_DIR: claudeDirectory },
  })
  expect(stdout).toContain(`$env:ANTHROPIC_CUSTOM_HEADERS = 'a: ’’''' + [char]10 + 'b: c'\n`)
})

describe('in a shell that has taken its variables', () => {
  test('`serve` started again sends to the upstream of before, and not to itself', async () => {
    const first = await startServe()
    const shell = await shellOf(first, { ANTHROPIC_BASE_URL: first.upstream.url })
    await first.stop()
    const second = await startServe({ env: { ...shell, CLAUDE_GW_UPSTREAM: '' } })
    await fetch(`${second.ready.url}/v1/models`, { headers: { 'x-api-key': second.ready.token ?? '' } })
    expect(first.upstream.requests).toHaveLength(1)
  })

  test('`serve` takes no token of a gateway for a credential', async () => {
    const first = await startServe()
    const { ANTHROPIC_BASE_URL = '', ANTHROPIC_AUTH_TOKEN = '' } = await shellOf(first)
    await first.stop()
    const env = { ...first.env, CLAUDE_GW_CREDENTIAL: 'auto', ANTHROPIC_BASE_URL, ANTHROPIC_AUTH_TOKEN }
    expect((await startServe({ env })).ready.token).toBeNull()
  })

  test('`run` uses that gateway, so that there is one record', async () => {
    const first = await startServe()
    const home = openHome()
    const state = { CLAUDE_GW_STATE_DIR: first.env.CLAUDE_GW_STATE_DIR }
    const run = await startAsking(home, { env: { ...(await shellOf(first)), ...state } })
    expect(run.url).toBe(first.ready.url)
    expect((await run.ask()).status).toBe(200)
    await run.end()
    expect(first.upstream.requests).toHaveLength(1)
  })

  test('taking them again and again makes no depth of runs', async () => {
    const first = await startServe()
    const once = await shellOf(first)
    const twice = await shellOf({ ...first, env: { ...first.env, ...once } })
    expect(twice).toEqual({ ...first.env, ...once })
  })
})

test('a `serve` whose upstream is its own address is refused', async () => {
  const { env, ready, stop } = await startServe()
  await stop()
  const result = await runCli(['serve', '--upstream', `http://localhost:${ready.port}`], { env })
  expect(result).toMatchObject({ exitCode: 3, stdout: '' })
  expect(result.stderr).toContain('--upstream')
})

/** The environment of a shell after `eval "$(claude-gw env)"`. */
async function shellOf({ env }: Pick<RunningServe, 'env'>, more: Readonly<Record<string, string>> = {}) {
  const before: Record<string, string> = { ...env, ...more }
  const { stdout } = await runCli(['env', '--shell', 'json'], { env: before })
  const changed: Record<string, string | null> = JSON.parse(stdout)
  const entries = Object.entries({ ...before, ...changed }).filter((entry) => entry[1] !== null)
  return Object.fromEntries(entries) as RunningServe['env']
}

/** User settings that lead elsewhere, so that what else they set is copied. @returns CLAUDE_CONFIG_DIR */
function withSettings(folder: string, variables: Readonly<Record<string, string>>): string {
  const directory = join(folder, '.claude')
  mkdirSync(directory)
  const env = { ANTHROPIC_BASE_URL: 'https://elsewhere.example', ...variables }
  writeFileSync(join(directory, 'settings.json'), JSON.stringify({ env }))
  return directory
}
