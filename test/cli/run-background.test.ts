import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Home } from '../support/claude-run.ts'
import { installProgram, openHome, runIn, writeSettings } from '../support/claude-run.ts'
import { writeFile } from '../support/configured.ts'
import type { RunningServe } from '../support/serve.ts'
import { startServe } from '../support/serve.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

test.each([[['--bg', 'do it']], [['agents']], [['respawn', 'x']]])(
  '%j is led to the running `serve`, without the credential',
  async (args) => {
    const serve = await startServe()
    const { env, args: given } = await show(serve, args)
    expect(given).toEqual(args)
    expect(env).toMatchObject({
      ANTHROPIC_BASE_URL: serve.ready.url,
      ANTHROPIC_AUTH_TOKEN: serve.ready.token,
      CLAUDE_GW_RUN_URL: serve.ready.url,
    })
    expect(JSON.stringify(env)).not.toContain('upstream-key')
  },
)

test('it gets no variable that another profile names', async () => {
  const serve = await startServe()
  const folder = temporaryDirectory()
  writeFile(join(folder, 'config.json'), { profiles: { work: { credential: 'env:OF_WORK' } } })
  const more = { CLAUDE_GW_CONFIG_DIR: folder, OF_WORK: 'key-of-work', OTHER: 'x' }
  const { stdout } = await start(serve, ['--bg', 'do it'], openHome(), more)
  expect(JSON.parse(stdout).env).toMatchObject({ OTHER: 'x' })
  expect(stdout).not.toContain('key-of-work')
})

test('settings that lead elsewhere are replaced by a file that stays, for the user alone', async () => {
  const serve = await startServe()
  const home = openHome()
  writeSettings(home, 'user', { env: { ANTHROPIC_BASE_URL: 'https://elsewhere.example' } })
  const first = await show(serve, ['--bg', 'do it'], home)
  const second = await show(serve, ['--bg', 'do more'], home)
  const [option, path = ''] = first.args
  expect(option).toBe('--settings')
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
    env: { ANTHROPIC_BASE_URL: serve.ready.url },
  })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(first.env).not.toHaveProperty('CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST')
  expect(second.args[1]).toBe(path)
  expect(readdirSync(join(serve.env.CLAUDE_GW_STATE_DIR, 'settings'))).toHaveLength(1)
})

test.each([
  ['of another profile', { CLAUDE_GW_PROFILE: 'other' }, [], '`claude-gw --profile other serve`'],
  ['for another upstream', {}, ['--upstream', 'https://other.example'], '`claude-gw serve`'],
])('a `serve` %s does not do', async (_case, env, options, text) => {
  const serve = await startServe()
  const home = openHome()
  const result = await start(serve, ['--bg', 'do it'], home, env, options)
  expect(result).toMatchObject({ exitCode: 3, stdout: '' })
  expect(result.stderr).toContain(text)
})

test('one that goes elsewhere than what is configured by now is named', async () => {
  const serve = await startServe()
  const more = { CLAUDE_GW_UPSTREAM: 'https://other.example' }
  const result = await start(serve, ['--bg', 'do it'], openHome(), more)
  expect(result).toMatchObject({ exitCode: 3, stdout: '' })
  expect(result.stderr).toContain(
    `goes to ${serve.env['CLAUDE_GW_UPSTREAM']}, and not to https://other.example`,
  )
})

test('one that has ended does not either', async () => {
  const serve = await startServe()
  await serve.stop()
  expect(await start(serve, ['agents'], openHome())).toMatchObject({ exitCode: 3, stdout: '' })
})

async function show(serve: RunningServe, args: readonly string[], home: Home = openHome()) {
  const { stdout } = await start(serve, args, home)
  return JSON.parse(stdout) as { readonly env: Record<string, string>; readonly args: readonly string[] }
}

function start(
  serve: RunningServe,
  args: readonly string[],
  home: Home,
  more: Readonly<Record<string, string>> = {},
  options: readonly string[] = [],
) {
  const env = { ...serve.env, CLAUDE_GW_CLAUDE_COMMAND: installProgram(home, 'show.mjs'), ...more }
  return runIn(home, args, { env, options })
}
