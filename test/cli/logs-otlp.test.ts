import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ExchangeRecord } from '../../src/exchange/exchange.ts'
import { toLine } from '../../src/exchange/line.ts'
import { uuidv7 } from '../../src/exchange/uuid.ts'
import { runCli } from '../support/cli.ts'
import { exchangeRecord } from '../support/exchange-record.ts'
import type { OtlpReceiver } from '../support/otlp-receiver.ts'
import { receiverUnavailable, startOtlpReceiver } from '../support/otlp-receiver.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const TS = new Date().toISOString()

function record(changes: Parameters<typeof exchangeRecord>[0] = {}): ExchangeRecord {
  return exchangeRecord({ ts: TS, id: uuidv7(), ...changes })
}

function write(state: string, ...records: readonly ExchangeRecord[]): void {
  mkdirSync(join(state, 'traffic'), { recursive: true })
  appendFileSync(join(state, 'traffic', `${TS.slice(0, 10)}.jsonl`), records.map(toLine).join(''))
}

async function ship(
  state: string,
  { url }: OtlpReceiver,
  args: readonly string[] = [],
  env: Record<string, string> = {},
) {
  return runCli(['logs', 'export', '--otlp', url, ...args], { env: { CLAUDE_GW_STATE_DIR: state, ...env } })
}

interface Item {
  readonly name?: string
  readonly attributes: readonly { key: string; value: Record<string, unknown> }[]
  readonly [field: string]: unknown
}

/** The spans, or the log records, that were taken. */
function items({ received }: OtlpReceiver, path: '/v1/traces' | '/v1/logs'): readonly Item[] {
  const [resources, scopes, list] =
    path === '/v1/traces'
      ? ['resourceSpans', 'scopeSpans', 'spans']
      : ['resourceLogs', 'scopeLogs', 'logRecords']
  const taken = received.filter((one) => one.path === path && ['take', 'partial'].includes(one.behaviour))
  type Tree = Record<string, Record<string, Record<string, Item[]>[]>[]>
  return taken.flatMap(({ message }) =>
    ((message as Tree)[resources] ?? []).flatMap((resource) =>
      (resource[scopes] ?? []).flatMap((scope) => scope[list] ?? []),
    ),
  )
}

function attribute(item: Item | undefined, key: string): unknown {
  const value = item?.attributes.find((one) => one.key === key)?.value
  return value && Object.values(value)[0]
}

describe.skipIf(receiverUnavailable)(`export to OpenTelemetry: ${receiverUnavailable}`, () => {
  test('an exchange is a span and a log record that the definitions take, with the names for generative AI', async () => {
    const state = temporaryDirectory()
    const usage = {
      input_tokens: 10,
      output_tokens: 5,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 7,
    }
    const policy = [{ rule: 'mask.email', action: 'mask', count: 2 }] as const
    const made = record({
      model: 'claude-opus-4-8',
      usage,
      cost_usd: 0.0125,
      stop_reason: 'end_turn',
      policy,
      ttft_ms: 123.4,
    })
    write(state, made)
    const receiver = await startOtlpReceiver()
    const { exitCode, stdout, stderr } = await ship(state, receiver)
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
    expect(stderr).toBe(`claude-gw: 1 exchange shipped to ${receiver.url}\n`)
    expect(receiver.received.map(({ path, fault }) => [path, fault])).toEqual([
      ['/v1/traces', undefined],
      ['/v1/logs', undefined],
    ])
    const [span] = items(receiver, '/v1/traces')
    expect(span).toMatchObject({
      name: 'chat claude-opus-4-8',
      kind: 'SPAN_KIND_CLIENT',
      status: { code: 'STATUS_CODE_OK' },
    })
    expect(span?.['startTimeUnixNano']).toBe(String(BigInt(Date.parse(TS)) * 1_000_000n))
    expect(attribute(span, 'gen_ai.usage.input_tokens')).toBe('117')
    expect(attribute(span, 'gen_ai.usage.cache_read.input_tokens')).toBe('100')
    expect(attribute(span, 'gen_ai.provider.name')).toBe('anthropic')
    expect(attribute(span, 'gen_ai.conversation.id')).toBe(made.session_id)
    expect(attribute(span, 'gen_ai.response.finish_reasons')).toEqual({
      values: [{ stringValue: 'end_turn' }],
    })
    expect(attribute(span, 'claude_gw.cost_usd')).toBe(0.0125)
    const [log] = items(receiver, '/v1/logs')
    expect(log).toMatchObject({ severityText: 'INFO', traceId: span?.['traceId'], spanId: span?.['spanId'] })
  })

  test('what failed is an error, with the attempts before it', async () => {
    const state = temporaryDirectory()
    const attempts = [{ status: 429, duration_ms: 5, reason: 'throttled' }]
    const error = { type: 'overloaded_error', message: 'Overloaded' }
    write(state, record({ outcome: 'http_error', status: 529, error, attempts }))
    const receiver = await startOtlpReceiver()
    await ship(state, receiver)
    const [span] = items(receiver, '/v1/traces')
    expect(span).toMatchObject({ status: { code: 'STATUS_CODE_ERROR', message: 'Overloaded' } })
    const retryNano = String((BigInt(Date.parse(TS)) + 5n) * 1_000_000n)
    expect(span?.['events']).toMatchObject([{ name: 'claude_gw.retry', timeUnixNano: retryNano }])
    expect(attribute(span, 'error.type')).toBe('overloaded_error')
    expect(items(receiver, '/v1/logs')[0]).toMatchObject({ severityText: 'ERROR' })
  })

  test('a further call ships what is new, and each exchange once', async () => {
    const state = temporaryDirectory()
    const receiver = await startOtlpReceiver()
    const records = Array.from({ length: 1201 }, () => record())
    write(state, ...records.slice(0, 1200))
    expect((await ship(state, receiver)).stderr).toContain('1200 exchanges shipped')
    write(state, ...records.slice(1200))
    expect((await ship(state, receiver)).stderr).toContain('1 exchange shipped')
    expect((await ship(state, receiver)).stderr).toContain('nothing new')
    const ids = items(receiver, '/v1/traces').map((span) => attribute(span, 'claude_gw.id'))
    expect(ids).toEqual(records.map(({ id }) => id))
    expect((await ship(state, receiver, ['--anew'])).stderr).toContain('1201 exchanges shipped')
  })

  test('it waits where the collector asks for patience', async () => {
    const state = temporaryDirectory()
    write(state, record())
    const receiver = await startOtlpReceiver('503', 'take')
    expect((await ship(state, receiver)).exitCode).toBe(0)
    expect(items(receiver, '/v1/traces')).toHaveLength(1)
  })

  test('what is refused for good is told, and goes again the next time', async () => {
    const state = temporaryDirectory()
    write(state, record())
    const refusing = await startOtlpReceiver('401', 'take')
    const key = 'canary-key-of-the-collector'
    const env = { OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${key}` }
    const { exitCode, stderr } = await ship(state, refusing, [], env)
    expect(exitCode).toBe(5)
    expect(stderr).toMatch(/did not take what was sent: HTTP 401/)
    expect(stderr).not.toContain(key)
    expect(refusing.received[0]?.authorization).toBe(`Bearer ${key}`)
    expect((await ship(state, refusing, [], env)).stderr).toContain('1 exchange shipped')
  })

  test('what it takes in part is told', async () => {
    const state = temporaryDirectory()
    write(state, record())
    const receiver = await startOtlpReceiver('partial')
    const { exitCode, stderr } = await ship(state, { ...receiver, url: `${receiver.url}/v1/traces` })
    expect(exitCode).toBe(5)
    expect(stderr).toContain('did not take 2 of their spans and log records; it says: too old\n')
  })

  test('filters choose what is shipped, and what they left out is shipped without them', async () => {
    const state = temporaryDirectory()
    write(state, record(), record({ outcome: 'http_error', status: 400 }))
    const receiver = await startOtlpReceiver()
    expect((await ship(state, receiver, ['--errors'])).stderr).toContain('1 exchange shipped')
    expect((await ship(state, receiver, ['--errors'])).stderr).toContain('nothing new')
    expect((await ship(state, receiver)).stderr).toContain('2 exchanges shipped')
  })

  test('what it finds fault with does not hold up what follows', async () => {
    const state = temporaryDirectory()
    write(state, record())
    const receiver = await startOtlpReceiver('400', '400', 'take')
    const { exitCode, stderr } = await ship(state, receiver)
    expect(exitCode).toBe(5)
    expect(stderr).toContain('did not take 2 of their spans and log records; it says: HTTP 400')
    write(state, record())
    expect((await ship(state, receiver)).stderr).toContain('1 exchange shipped')
  })

  test('of two calls at once one ships', async () => {
    const state = temporaryDirectory()
    write(state, record())
    const receiver = await startOtlpReceiver('503', 'take')
    const results = await Promise.all([ship(state, receiver), ship(state, receiver)])
    expect(results.map(({ exitCode }) => exitCode).toSorted()).toEqual([0, 1])
    expect(results.map(({ stderr }) => stderr).join()).toContain('another call ships to')
    expect(items(receiver, '/v1/traces')).toHaveLength(1)
  })

  test('lines of others are passed over', async () => {
    const state = temporaryDirectory()
    const foreign = [{ policy: {} }, { policy: null }, { attempts: [null] }, { tags: 'x' }]
    write(
      state,
      ...foreign.map((fields) => ({ ...record(), ...fields }) as unknown as ExchangeRecord),
      record(),
    )
    const receiver = await startOtlpReceiver()
    const { stderr } = await ship(state, receiver)
    expect(stderr).toContain('1 exchange shipped')
    expect(stderr).toMatch(/4 lines/)
    expect((await runCli(['logs'], { env: { CLAUDE_GW_STATE_DIR: state } })).exitCode).toBe(0)
  })
})

test.each([
  [['--otlp', 'ftp://x'], 2, 'no plain URL'],
  [['--otlp', 'http://collector.example:4318'], 2, 'plain http'],
  [['--otlp', 'https://me:canary@collector.example:4318'], 2, 'OTEL_EXPORTER_OTLP_HEADERS'],
  [['--otlp', 'http://127.0.0.1:9', '--jsonl'], 2, 'give one of'],
  [['--otlp', 'http://127.0.0.1:9', '-n', '5'], 2, 'do not go together with `--otlp`'],
])('`logs export %j` ends with %i', async (args, code, text) => {
  const { exitCode, stderr } = await runCli(['logs', 'export', ...args], {
    env: { CLAUDE_GW_STATE_DIR: temporaryDirectory() },
  })
  expect(exitCode).toBe(code)
  expect(stderr).toContain(text)
  expect(stderr).not.toContain('canary')
})
