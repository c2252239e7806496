import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import type { Home } from '../support/claude-run.ts'
import { recordsOf, runIn, writeSettings } from '../support/claude-run.ts'
import type { CliResult } from '../support/cli.ts'
import { initRepository, userFile, writeFile } from '../support/configured.ts'
import { answer } from '../support/faults.ts'
import type { MessagesUpstream } from './real-claude.ts'
import { openClaudeHome, runDirect, startMessagesUpstream, textAnswer } from './real-claude.ts'

const ASKED = 'claude-opus-5-5'
const ALIAS = 'corp-opus'
/** Of the answers, whatever was asked for. */
const ANSWERED = 'claude-opus-4-8'
const WORK_KEY = 'key-of-work-5ac1'
const OWN_KEY = 'key-of-my-own-09de'
const ARGS = ['-p', 'hello', '--model', ASKED]
/** The same session twice, so that both runs say the same. */
const SAME_SESSION = ['--session-id', '3f2a9c1e-5b7d-4c2a-9e11-0a1b2c3d4e5f', '--no-session-persistence']

interface Places {
  readonly home: Home
  /** Of the profile `work`. */
  readonly work: MessagesUpstream
  /** Of the profile `own`, which is the user's choice where nothing else is said. */
  readonly own: MessagesUpstream
}

test('a profile that an option names has an upstream, a key and headers of its own', async () => {
  const places = await openPlaces()
  const result = await runProfile(places, 'work')
  expect(result).toEqual({ exitCode: 0, signal: null, stdout: 'Hello from work\n', stderr: '' })
  const [request] = places.work.messages()
  expect(request?.target).toMatch(/^\/anthropic\/v1\/messages/)
  expect(request?.values('apikey')).toEqual([WORK_KEY])
  expect(request?.values('authorization')).toEqual([])
  expect(request?.values('x-team')).toEqual(['engine'])
  expect(places.own.acceptedConnections()).toBe(0)
})

test('the profile of the user file gets nothing of the other one', async () => {
  const places = await openPlaces()
  const result = await runProfile(places)
  expect(result).toEqual({ exitCode: 0, signal: null, stdout: 'Hello from my own\n', stderr: '' })
  const [request] = places.own.messages()
  expect(request?.values('authorization')).toEqual([`Bearer ${OWN_KEY}`])
  expect(modelIn(places.own)).toBe(ASKED)
  for (const name of ['apikey', 'x-team', 'x-repo']) expect(request?.values(name)).toEqual([])
  expect(places.work.acceptedConnections()).toBe(0)
  expect(recordsOf(places.home)).toMatchObject([{ profile: 'own', upstream: places.own.url, model: ASKED }])
})

test('the record has the model that was asked for, the one that was sent, and the one that answered', async () => {
  const places = await openPlaces()
  await runProfile(places, 'work')
  expect(modelIn(places.work)).toBe(ALIAS)
  expect(recordsOf(places.home)).toMatchObject([
    {
      profile: 'work',
      upstream: `${places.work.url}/anthropic`,
      model: ASKED,
      upstream_model: ALIAS,
      response_model: ANSWERED,
      outcome: 'ok',
    },
  ])
})

test('but for the name of the model, the upstream gets what Claude Code alone would send', async () => {
  const { work, ...places } = await openPlaces()
  await runDirect(places.home, work.url, [...ARGS, ...SAME_SESSION])
  await runProfile({ work, ...places }, 'work', SAME_SESSION)
  const [alone, behind] = work.messages()
  const restored = String(behind?.body).replace(`"model":"${ALIAS}"`, `"model":"${ASKED}"`)
  expect(restored).toBe(String(alone?.body))
  expect(behind?.values('content-length')).toEqual([String(behind?.body.length)])
})

test('a header carries the repository, percent-encoded, and the record as it is', async () => {
  const places = await openPlaces()
  await runProfile(places, 'work')
  expect(places.work.messages()[0]?.values('x-repo')).toEqual(['git.example/acme/gr%C3%B6%C3%9Fe'])
  expect(recordsOf(places.home)[0]?.tags).toMatchObject({ repository: 'git.example/acme/größe' })
})

test('Claude Code, and what it starts, sees nothing of all that', async () => {
  const places = await openPlaces()
  const hook = { type: 'command', command: 'env > "$CLAUDE_CONFIG_DIR/env-of-hook"' }
  writeSettings(places.home, 'user', { hooks: { UserPromptSubmit: [{ hooks: [hook] }] } })
  const { stdout } = await runProfile(places, 'work', ['--output-format', 'stream-json', '--verbose'])
  const seen = stdout + textsIn(places.home.claudeDirectory)
  expect(seen).toContain('Hello from work')
  expect(seen).toContain('CLAUDE_GW_RUN_PROFILE=work')
  const kept = [WORK_KEY, ALIAS, places.work.url, 'git.example', 'engine', 'x-team', 'x-repo']
  expect(kept.filter((text) => seen.toLowerCase().includes(text))).toEqual([])
  expect(String(places.work.messages()[0]?.body)).not.toMatch(/git\.example|engine/)
})

test('a profile that is not there is answered with those that are', async () => {
  const places = await openPlaces()
  const result = await runProfile(places, 'wrok')
  expect(result).toMatchObject({ exitCode: 3, stdout: '' })
  expect(result.stderr).toMatch(/wrok.*own.*work|wrok.*work.*own/s)
})

async function openPlaces(): Promise<Places> {
  const home = openClaudeHome()
  initRepository(home.project)
  const remote = ['remote', 'add', 'origin', 'git@git.example:acme/größe.git']
  execFileSync('git', ['-C', home.project, ...remote])
  const work = await startMessagesUpstream(answer(textAnswer('Hello from work')))
  const own = await startMessagesUpstream(answer(textAnswer('Hello from my own')))
  writeFile(userFile(home), {
    profile: 'own',
    claude: { command: inject('claudeCode').path },
    profiles: {
      work: {
        upstream: `${work.url}/anthropic/v1/`,
        credential: 'env:WORK_KEY',
        auth: 'header:ApiKey',
        headers: { 'X-Repo': 'tag:repository', 'X-Team': 'engine' },
        models: { aliases: { [ASKED]: ALIAS } },
      },
      own: { upstream: own.url, credential: 'env:OWN_KEY' },
    },
  })
  return { home, work, own }
}

function runProfile({ home }: Places, profile?: string, more: readonly string[] = []): Promise<CliResult> {
  const options = profile === undefined ? [] : ['--profile', profile]
  return runIn(home, [...ARGS, ...more], { options, env: { WORK_KEY, OWN_KEY } })
}

function modelIn(upstream: MessagesUpstream): unknown {
  return JSON.parse(String(upstream.messages()[0]?.body)).model
}

/** Of all files in a folder and below. */
function textsIn(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')
}
