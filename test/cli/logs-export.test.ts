import { execFile, execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { ExchangeRecord } from '../../src/exchange/exchange.ts'
import { toLine } from '../../src/exchange/line.ts'
import { exchangeRecord } from '../support/exchange-record.ts'
import { validHar } from '../support/har-schema.ts'
import { validRecord } from '../support/record-schema.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const PROGRAM = join(import.meta.dirname, '../../bin/claude-gw.js')
const run = promisify(execFile)

function openState(records: readonly ExchangeRecord[]) {
  const state = temporaryDirectory()
  mkdirSync(join(state, 'traffic'))
  writeFileSync(
    join(state, 'traffic/2026-11-20.jsonl'),
    records.map((record) => toLine(validRecord(record))).join(''),
  )
  const env = { PATH: process.env['PATH'], HOME: state, CLAUDE_GW_STATE_DIR: state }
  const exported = async (...argv: string[]) => {
    const outcome = await run(process.execPath, [PROGRAM, 'logs', 'export', ...argv], {
      env,
      maxBuffer: 1e8,
    }).catch((error: { code: number; stdout: string; stderr: string }) => error)
    return { code: 0, ...outcome }
  }
  return { state, env, exported }
}

const records = [
  exchangeRecord({
    request_headers: { 'content-type': 'application/json', 'user-agent': 'claude-cli/2' },
    response_headers: { 'content-type': 'text/event-stream' },
    cost_usd: 0.5,
  }),
  exchangeRecord({ status: 429, outcome: 'http_error', usage: undefined, ttft_ms: undefined }),
  exchangeRecord({
    status: undefined,
    answered_by: 'claude-gw',
    client_status: 502,
    outcome: 'upstream_error',
    ttfb_ms: undefined,
    query: undefined,
    cost_usd: null,
    error: { type: 'api_error', message: 'gone' },
  }),
]

test('--jsonl gives all that match, byte for byte', async () => {
  const { exported } = openState(records)
  const all = await exported('--jsonl')
  expect(all).toEqual({ code: 0, stdout: records.map(toLine).join(''), stderr: '' })
  expect((await exported('--jsonl', '--errors', '-n', '1')).stdout).toBe(toLine(records[2] as ExchangeRecord))
})

test('--har gives a valid HTTP archive', async () => {
  const { stdout, code } = await openState(records).exported('--har')
  expect(code).toBe(0)
  const { log } = validHar(JSON.parse(stdout))
  expect(log.creator.name).toBe('claude-gw')
  expect(log.entries.map(({ response }) => response.status)).toEqual([200, 429, 502])
  expect(log.entries[0]).toMatchObject({
    time: 4200.5,
    request: {
      url: 'https://api.anthropic.com/v1/messages?beta=true',
      queryString: [{ name: 'beta', value: 'true' }],
      bodySize: 85_213,
    },
    response: { content: { size: 12_345, mimeType: 'text/event-stream' }, statusText: 'OK' },
    timings: { send: 0, wait: 612.3 },
    _cost_usd: 0.5,
  })
})

test('--har of nothing is an archive too', async () => {
  const { stdout, stderr } = await openState(records).exported('--har', '--model', 'none')
  expect(validHar(JSON.parse(stdout)).log.entries).toEqual([])
  expect(stderr).toContain('No exchange matches')
})

test('a file is for its owner alone, and is not overwritten without --force', async () => {
  const { state, exported } = openState(records)
  const output = join(state, 'out.har')
  expect(await exported('--har', '--output', output)).toMatchObject({ code: 0, stdout: '' })
  expect(statSync(output).mode & 0o777).toBe(0o600)
  const again = await exported('--jsonl', '--output', output)
  expect(again.code).toBe(1)
  expect(again.stderr).toContain('--force')
  validHar(JSON.parse(readFileSync(output, 'utf8')))
  chmodSync(output, 0o644)
  expect((await exported('--jsonl', '--output', output, '--force')).code).toBe(0)
  expect(readFileSync(output, 'utf8')).toBe(records.map(toLine).join(''))
  expect(statSync(output).mode & 0o777).toBe(0o600)
})

test('an export that fails leaves the old file, and nothing beside it', async () => {
  const { state, exported } = openState(records)
  const output = join(state, 'out/all.jsonl')
  mkdirSync(join(state, 'out'))
  writeFileSync(output, 'old')
  // A directory in place of a day's log cannot be read.
  mkdirSync(join(state, 'traffic/2026-11-21.jsonl'))
  const { code } = await exported('--jsonl', '--output', output, '--force')
  expect(code).not.toBe(0)
  expect(readFileSync(output, 'utf8')).toBe('old')
  expect(readdirSync(join(state, 'out'))).toEqual(['all.jsonl'])
})

test('--force goes through no link, and writes to a device as it is', async () => {
  const { state, exported } = openState(records)
  const [victim, link] = [join(state, 'victim'), join(state, 'link')]
  writeFileSync(victim, 'old')
  symlinkSync(victim, link)
  const { code, stderr } = await exported('--jsonl', '--output', link, '--force')
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('it is a link') })
  expect(readFileSync(victim, 'utf8')).toBe('old')
  expect(await exported('--jsonl', '--output', '/dev/null', '--force')).toMatchObject({ code: 0, stderr: '' })
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
})

test('a place where nothing can be written is named', async () => {
  const { code, stderr } = await openState(records).exported('--jsonl', '--output', '/nowhere/out')
  expect(code).toBe(1)
  expect(stderr).toContain('cannot write to /nowhere/out')
})

test('one form is asked for', async () => {
  const { exported } = openState(records)
  expect(await exported()).toMatchObject({ code: 2, stdout: '' })
  expect(await exported('--har', '--jsonl')).toMatchObject({ code: 2, stdout: '' })
})

test.each([
  ['--fields', ['--jsonl', '--fields', 'ts']],
  ['--json', ['--har', '--json']],
  ['--follow', ['--jsonl', '-f']],
  ['--grep', ['--curl', '2a3ee9f2', '--grep', 'x']],
])('%s is refused where an export would pass it over', async (option, argv) => {
  const { code, stdout, stderr } = await openState(records).exported(...argv)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(`\`${option}\` does not go together with`)
})

test('--curl repeats the request, with a credential that only the shell knows', async () => {
  const seen = await startReceiver()
  const hostile = `it's $(touch pwned) "quoted" \\ \`x\``
  const record = exchangeRecord({
    upstream: `${seen.url}/api`,
    query: "a=$HOME&b='x'",
    request_headers: { 'content-type': 'application/json', 'user-agent': hostile, 'accept-encoding': 'gzip' },
  })
  const { state, env, exported } = openState([record])
  const { stdout, stderr } = await exported('--curl', record.id.slice(-8))
  expect(stderr).toContain('takes request.json')
  writeFileSync(join(state, 'request.json'), '{"model":"m"}')
  await expect(run('sh', ['-c', stdout], { cwd: state, env })).rejects.toThrow('UPSTREAM_KEY')
  const shellEnv = { ...env, ANTHROPIC_AUTH_TOKEN: 'token of the gateway', UPSTREAM_KEY: 'secret' }
  await run('sh', ['-c', stdout], { cwd: state, env: shellEnv })
  expect(await seen.request).toMatchObject({
    method: 'POST',
    url: "/api/v1/messages?a=$HOME&b='x'",
    body: '{"model":"m"}',
    headers: { authorization: 'Bearer secret', 'user-agent': hostile, 'content-type': 'application/json' },
  })
  expect(() => statSync(join(state, 'pwned'))).toThrow()
})

test('--curl to Anthropic takes an API key, and a kept body from `logs show`', async () => {
  const record = exchangeRecord({ request_body: { file: 'a', offset: 0, length: 9, crc32: 1 } })
  const { stdout, stderr } = await openState([record]).exported('--curl', record.id)
  expect(stdout).toContain(`claude-gw logs show ${record.id} --raw request | \\\ncurl`)
  expect(stdout).toContain('-H "x-api-key: ${UPSTREAM_KEY:?')
  expect(stdout).toContain('--data-binary @-')
  expect(stderr).toContain('the key of https://api.anthropic.com from the variable UPSTREAM_KEY')
  expect(stderr).not.toContain('request.json')
  execFileSync('sh', ['-n', '-c', stdout])
})

test('--curl takes no host for Anthropic whose name only begins so', async () => {
  const record = exchangeRecord({ upstream: 'https://api.anthropic.com.example.net' })
  const { stdout } = await openState([record]).exported('--curl', record.id)
  expect(stdout).toContain('-H "authorization: Bearer ${UPSTREAM_KEY:?')
})

interface SeenRequest {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: object
  readonly body: string
}

async function startReceiver(): Promise<{ url: string; request: Promise<SeenRequest> }> {
  let receive: (request: SeenRequest) => void
  const request = new Promise<SeenRequest>((resolve) => {
    receive = resolve
  })
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const { method, url, headers } = incoming
    receive({ method, url, headers, body: Buffer.concat(chunks).toString() })
    response.end('ok')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, request }
}
