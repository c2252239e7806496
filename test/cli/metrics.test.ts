import { expect, test } from 'vitest'
import { runCli } from '../support/cli.ts'
import { answer, inTurn } from '../support/faults.ts'
import type { RunningServe } from '../support/serve.ts'
import { startServe } from '../support/serve.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const READER = 'reader-token-of-the-metrics'

function get({ ready }: RunningServe, path: string, token?: string) {
  return fetch(ready.url + path, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })
}

async function ask(
  { ready }: RunningServe,
  path = '/v1/messages?beta=true',
  body: object = { model: 'claude-opus-4-8' },
) {
  const headers = { 'x-api-key': ready.token ?? '', 'content-type': 'application/json' }
  const response = await fetch(ready.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  await response.text()
}

const MESSAGE = JSON.stringify({
  type: 'message',
  model: 'claude-opus-4-8',
  content: [{ type: 'text', text: 'hi' }],
  stop_reason: 'end_turn',
  usage: {
    input_tokens: 1000,
    output_tokens: 200,
    cache_read_input_tokens: 50,
    cache_creation_input_tokens: 7,
  },
})
const messages = answer({ headers: [['content-type', 'application/json']], body: MESSAGE })

/** The value of a series, whatever the order of its labels; undefined where there is none. */
function seriesValue(text: string, series: string): number | undefined {
  const wanted = sorted(series)
  const line = text.split('\n').find((one) => sorted(one.slice(0, one.lastIndexOf(' '))) === wanted)
  return line === undefined ? undefined : Number(line.split(' ').at(-1))
}

function sorted(series: string): string {
  return series.replace(/[{}]/g, ',').split(',').toSorted().join()
}

test('what went through is counted', async () => {
  const serve = await startServe({ fault: messages })
  for (let time = 0; time < 3; time++) await ask(serve)
  await ask(serve, '/v1/messages/count_tokens?beta=true')
  const response = await get(serve, '/_claude-gw/metrics', serve.ready.token ?? '')
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const text = await response.text()
  const model = 'model="claude-opus-4-8"'
  const value = (series: string) => seriesValue(text, series)
  expect(
    value(`claude_requests_total{status="200",method="POST",route="messages",${model},profile="default"}`),
  ).toBe(3)
  expect(
    value(
      `claude_requests_total{status="200",method="POST",route="count_tokens",${model},profile="default"}`,
    ),
  ).toBe(1)
  expect(value(`claude_request_duration_seconds_count{route="messages",${model},profile="default"}`)).toBe(3)
  expect(value(`claude_tokens_total{kind="output",${model},profile="default"}`)).toBe(800)
  expect(value(`claude_tokens_total{kind="cache_read",${model},profile="default"}`)).toBe(200)
  expect(value(`claude_cost_usd_total{${model},profile="default"}`)).toBeGreaterThan(0)
  expect(value('claude_active_connections{profile="default"}')).toBe(0)
  expect(serve.upstream.requests).toHaveLength(4)
})

test('attempts that another one followed are counted', async () => {
  const fault = inTurn(answer({ status: 429, headers: [['retry-after', '0']] }), messages)
  const serve = await startServe({ fault, env: { CLAUDE_GW_RETRY_UPSTREAM: '429' } })
  await ask(serve)
  const text = await (await get(serve, '/_claude-gw/metrics', serve.ready.token ?? '')).text()
  expect(seriesValue(text, 'claude_retries_total{model="claude-opus-4-8",profile="default"}')).toBe(1)
})

test('a usage that cannot be counted loses no record', async () => {
  const body = MESSAGE.replace('"output_tokens":200', '"output_tokens":1e999')
  const serve = await startServe({ fault: answer({ headers: [['content-type', 'application/json']], body }) })
  await ask(serve)
  expect((await runCli(['logs', '--json'], { env: serve.env })).stdout.trim().split('\n')).toHaveLength(1)
  expect((await get(serve, '/_claude-gw/metrics', serve.ready.token ?? '')).status).toBe(200)
})

test('a start that fails ends the process, also where there is a store of limits', async () => {
  const env = {
    CLAUDE_GW_STATE_DIR: temporaryDirectory(),
    CLAUDE_GW_UPSTREAM: 'http://127.0.0.1:9',
    CLAUDE_GW_CREDENTIAL: 'env:KEY',
    KEY: 'upstream-key',
    CLAUDE_GW_POLICIES_LIMITS_RULES: '{"a":{"requests":1,"per":"hour"}}',
    CLAUDE_GW_POLICIES_LIMITS_STORE: 'redis://127.0.0.1:9',
    CLAUDE_GW_SERVE_METRICS_CREDENTIAL: 'env:NOPE',
  }
  const { exitCode, stderr } = await runCli(['serve'], { env })
  expect(exitCode).toBe(4)
  expect(stderr).toContain('NOPE')
})

test('who reads them needs the token of the gateway or that for readers, which opens nothing else', async () => {
  const env = { CLAUDE_GW_SERVE_METRICS_CREDENTIAL: 'env:READER', READER }
  const serve = await startServe({ fault: messages, env })
  expect((await get(serve, '/_claude-gw/metrics')).status).toBe(401)
  expect((await get(serve, '/_claude-gw/metrics', 'another')).status).toBe(401)
  expect((await get(serve, '/_claude-gw/metrics', READER)).status).toBe(200)
  expect((await get(serve, '/v1/models', READER)).status).toBe(401)
  expect((await get(serve, '/_claude-gw/metrics?x=1', READER)).status).toBe(401)
  expect(serve.upstream.requests).toHaveLength(0)
})

test('that it is well is told to everybody here, and to no page', async () => {
  const serve = await startServe({ fault: messages })
  const response = await get(serve, '/_claude-gw/healthz')
  expect([response.status, await response.text()]).toEqual([200, 'ok\n'])
  const page = await fetch(`${serve.ready.url}/_claude-gw/healthz`, {
    headers: { origin: 'https://evil.example' },
  })
  expect(page.status).toBe(403)
})

test('other pages are not there, and nothing of them goes upstream', async () => {
  const serve = await startServe({ fault: messages })
  const response = await get(serve, '/_claude-gw/other', serve.ready.token ?? '')
  expect([response.status, await response.text()]).toEqual([
    404,
    expect.stringContaining('no page /_claude-gw/other'),
  ])
  expect(serve.upstream.requests).toHaveLength(0)
})

test('models are told apart up to fifty, and the rest is one', async () => {
  const body = ({ index }: { index: number }) => MESSAGE.replace('claude-opus-4-8', `model-${index}`)
  const serve = await startServe({
    fault: async (call) =>
      answer({ headers: [['content-type', 'application/json']], body: body(call) })(call),
  })
  for (let index = 0; index < 60; index++) await ask(serve)
  const text = await (await get(serve, '/_claude-gw/metrics', serve.ready.token ?? '')).text()
  const models = new Set([...text.matchAll(/model="([^"]+)"/g)].map(([, name]) => name))
  expect(models.size).toBe(51)
  expect(
    seriesValue(
      text,
      'claude_requests_total{status="200",method="POST",route="messages",model="other",profile="default"}',
    ),
  ).toBe(10)
})

test('with a login of its own, a client has them below its secret path', async () => {
  const serve = await startServe({
    fault: messages,
    env: { CLAUDE_GW_CREDENTIAL: 'passthrough', UPSTREAM_KEY: '' },
  })
  const origin = new URL(serve.ready.url).origin
  expect((await get(serve, '/_claude-gw/metrics')).status).toBe(200)
  expect((await fetch(`${origin}/_claude-gw/metrics`)).status).toBe(401)
})

test('a page is only read: another method is told so', async () => {
  const serve = await startServe({ fault: messages })
  const headers = { authorization: `Bearer ${serve.ready.token}` }
  const response = await fetch(`${serve.ready.url}/_claude-gw/metrics`, { method: 'POST', headers })
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  expect(await response.text()).toContain('with GET')
})

test('who has no token for the metrics is told of the key for it, and not of that elsewhere', async () => {
  const serve = await startServe({ fault: messages })
  const told = async (path: string) => (await get(serve, path, 'wrong')).text()
  expect(await told('/_claude-gw/metrics')).toContain('`serve.metricsCredential`')
  expect(await told('/v1/models')).not.toContain('metricsCredential')
})
