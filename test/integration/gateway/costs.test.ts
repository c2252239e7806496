import { describe, expect, onTestFinished, test } from 'vitest'
import { createPriceTable } from '../../../src/usage/price-table.ts'
import { LIST_PRICES } from '../../../src/usage/prices.ts'
import type { AnswerParts } from '../../support/answer.ts'
import { apiErrorAnswer } from '../../support/answer.ts'
import { answer, cut, stall } from '../../support/faults.ts'
import type { Overrides } from '../../support/gateway.ts'
import { startTestGateway } from '../../support/gateway.ts'
import type { Ask } from '../../support/gateway-client.ts'
import { ask, wireRequest } from '../../support/gateway-client.ts'
import { openRaw } from '../../support/raw-client.ts'

const USAGE = { input_tokens: 1000, output_tokens: 100, cache_read_input_tokens: 10_000 }
const CALL: Ask = { path: '/v1/messages?beta=true', body: '{"model":"claude-opus-5","messages":[]}' }
const LIST = { table: LIST_PRICES.date, source: 'built-in' }

function message(changes: object = {}): AnswerParts {
  return { body: JSON.stringify({ type: 'message', model: 'claude-opus-5', usage: USAGE, ...changes }) }
}

async function recordOf(parts: AnswerParts, call: Ask = CALL, overrides: Overrides = {}) {
  const gateway = await startTestGateway(answer(parts), overrides)
  await ask(gateway, call)
  return gateway.record(0)
}

describe('an answer', () => {
  test('costs what the list says, and the record names the list', async () => {
    expect(await recordOf(message())).toMatchObject({ cost_usd: 0.0125, price: LIST })
  })

  test('of another model than asked for costs what that does', async () => {
    expect(await recordOf(message({ model: 'claude-haiku-4-5-20251001' }))).toMatchObject({
      model: 'claude-opus-5',
      cost_usd: 0.0025,
    })
  })

  test('that names no model costs what the one asked for does', async () => {
    expect((await recordOf(message({ model: undefined }))).cost_usd).toBe(0.0125)
  })

  test('under an alias costs what the upstream’s model does', async () => {
    const aliases = { 'claude-opus-5': 'claude-haiku-4-5' }
    expect((await recordOf(message({ model: undefined }), CALL, { aliases })).cost_usd).toBe(0.0025)
  })

  test('of a model without a price has null and the reason', async () => {
    const record = await recordOf(message({ model: 'corp-opus' }))
    expect(record).toMatchObject({ cost_usd: null, cost_usd_reason: expect.stringContaining('no price') })
    expect(record).not.toHaveProperty('price')
  })

  test('costs what a table of the user’s says', async () => {
    const rows = [{ model: 'corp-opus', input: 1, output: 10, cache_read: 0.1 }]
    const prices = createPriceTable({ path: '/p.json', date: '2026-11-01', rows })
    expect(await recordOf(message({ model: 'corp-opus' }), CALL, { prices })).toMatchObject({
      cost_usd: 0.003,
      price: { table: '2026-11-01', source: '/p.json' },
    })
  })

  test('without its usage has null and the reason', async () => {
    expect(await recordOf(message({ usage: undefined }))).toMatchObject({
      usage: null,
      cost_usd: null,
      cost_usd_reason: 'its usage is not known',
    })
  })
})

test.each([
  ['a count of tokens', { body: '{"input_tokens":12}' }, { ...CALL, path: '/v1/messages/count_tokens' }],
  ['a list of models', { body: '{"data":[]}' }, { method: 'GET', path: '/v1/models' }],
  ['a HEAD', {}, { method: 'HEAD', path: '/' }],
  ['an error', apiErrorAnswer(529, 'overloaded_error', 'busy'), CALL],
  ['a body over the limit', {}, { ...CALL, body: 'x'.repeat(2000) }],
] as const)('%s has no cost', async (_name, parts, call) => {
  expect(await recordOf(parts, call, { maxBodyBytes: 1000 })).not.toHaveProperty('cost_usd')
})

describe('a stream that breaks off', () => {
  const start = { type: 'message', model: 'claude-opus-5', usage: { ...USAGE, output_tokens: 1 } }
  const events = [
    { type: 'message_start', message: start },
    { type: 'content_block_delta', delta: { type: 'text_delta', text: 'hello' } },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 100 } },
    { type: 'message_stop' },
  ]
  const body = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
  const parts: AnswerParts = {
    headers: [['Content-Type', 'text/event-stream']],
    body,
    framing: 'until-close',
  }

  async function cutBefore(text: string) {
    const rest = body.length - body.indexOf(text)
    const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n'.length
    const gateway = await startTestGateway(cut(parts, head + body.length - rest, 'rst'))
    await ask(gateway, CALL)
    return gateway.record(0)
  }

  test('before its last counts has a cost that is not known', async () => {
    expect(await cutBefore('event: message_delta')).toMatchObject({
      outcome: 'truncated',
      usage: { output_tokens: 1 },
      cost_usd: null,
      cost_usd_reason: expect.stringContaining('broke off'),
    })
  })

  test('behind them costs what they say', async () => {
    expect(await cutBefore('event: message_stop')).toMatchObject({ outcome: 'truncated', cost_usd: 0.0125 })
  })
})

test.each([
  [CALL, { cost_usd: null, cost_usd_reason: 'the client left before the answer' }],
  [{ ...CALL, path: '/v1/messages/count_tokens' }, {}],
] as const)('a client that leaves before the answer to %o', async (call, cost) => {
  const gateway = await startTestGateway(stall({}, 0))
  const connection = await openRaw(gateway.port)
  onTestFinished(() => connection.destroy())
  await connection.send(wireRequest(gateway, call))
  await (await gateway.upstream.request(0)).arrived
  connection.reset()
  const { cost_usd, cost_usd_reason } = await gateway.record(0)
  expect({ cost_usd, cost_usd_reason }).toEqual({ cost_usd: undefined, cost_usd_reason: undefined, ...cost })
})
