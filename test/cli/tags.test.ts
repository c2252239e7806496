import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openHome, recordsOf, startAsking, upstreamEnv } from '../support/claude-run.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer } from '../support/faults.ts'
import { startServe } from '../support/serve.ts'

const CONFIG = '[remote "origin"]\n\turl = https://me:t0ken@git.example/acme/search.git\n'
const HEADERS = {
  'X-Repo': 'tag:repository',
  'X-Branch': 'Tag:branch',
  'X-Cost': 'tag:costCenter',
  'X-No': 'tag:no',
}
const TAGS = { costCenter: '4711', project: 'engine' }

test('records have the tags of the repository and the configuration', async () => {
  const { records } = await askOnce({ CLAUDE_GW_TAGS: JSON.stringify(TAGS) })
  expect(records[0]?.tags).toEqual({
    project: 'engine',
    repository: 'git.example/acme/search',
    branch: 'command:größe',
    cost_center: '4711',
  })
})

test('headers carry tags where they are configured for them', async () => {
  const { request } = await askOnce({
    CLAUDE_GW_TAGS: JSON.stringify(TAGS),
    CLAUDE_GW_HEADERS: JSON.stringify(HEADERS),
  })
  expect(request?.headers.filter(([name]) => /^x-(?!api)/i.test(name))).toEqual([
    ['X-Repo', 'git.example/acme/search'],
    ['X-Branch', 'command:gr%C3%B6%C3%9Fe'],
    ['X-Cost', '4711'],
  ])
})

test('no header carries one otherwise', async () => {
  const { request } = await askOnce({ CLAUDE_GW_TAGS: JSON.stringify(TAGS) })
  expect(JSON.stringify(request?.headers)).not.toMatch(/search|engine|4711|gr(ö|%C3)/)
})

test('a model is asked for by its alias', async () => {
  const serve = await startServe({ env: { CLAUDE_GW_MODELS_ALIASES: '{"opus": "vendor/opus@5"}' } })
  await fetch(`${serve.ready.url}/v1/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${serve.ready.token}` },
    body: '{"model":"opus"}',
  })
  expect(serve.upstream.requests[0]?.body.toString()).toBe('{"model":"vendor/opus@5"}')
})

/** A run in a repository, whose child sends one request. */
async function askOnce(env: Readonly<Record<string, string>>) {
  const upstream = await startFaultUpstream(answer())
  onTestFinished(upstream.close)
  const home = openHome()
  mkdirSync(join(home.project, '.git'))
  writeFileSync(join(home.project, '.git', 'config'), CONFIG)
  writeFileSync(join(home.project, '.git', 'HEAD'), 'ref: refs/heads/command:größe\n')
  const run = await startAsking(home, { env: { ...upstreamEnv(upstream.url), ...env } })
  await run.ask({ method: 'POST', path: '/v1/messages', bytes: 10 })
  await run.end()
  return { records: recordsOf(home), request: upstream.requests[0] }
}
