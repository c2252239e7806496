import { describe, expect, onTestFinished, test } from 'vitest'
import { DEMO_CREDENTIAL } from '../../../src/demo/script.ts'
import { startDemoUpstream } from '../../../src/demo/upstream.ts'

async function client() {
  const upstream = await startDemoUpstream(0)
  onTestFinished(upstream.close)
  return (path: string, body?: object, headers: Record<string, string> = { 'x-api-key': DEMO_CREDENTIAL }) =>
    fetch(upstream.url + path, body ? { method: 'POST', body: JSON.stringify(body), headers } : { headers })
}

const saying = (content: string) => ({ model: 'm', messages: [{ role: 'user', content }] })

describe('the demo upstream', () => {
  test('streams an answer with usage, a request id and rate limits', async () => {
    const send = await client()
    const response = await send('/v1/messages?beta=true', { ...saying('hello'), stream: true })
    const text = await response.text()
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    expect(response.headers.get('request-id')).toMatch(/^req_/)
    expect(response.headers.get('anthropic-ratelimit-requests-remaining')).toMatch(/^\d+$/)
    expect(text).toMatch(/^event: message_start\ndata: \{"type":"message_start",.*"usage":/)
    expect(text).toMatch(/event: message_stop\ndata: \{"type":"message_stop"\}\n\n$/)
  })

  test('answers in one piece where no stream is asked for', async () => {
    const send = await client()
    const message = await (await send('/v1/messages', saying('hello'))).json()
    expect(message).toMatchObject({
      type: 'message',
      model: 'm',
      stop_reason: 'end_turn',
      usage: { output_tokens: expect.any(Number) },
    })
  })

  test('refuses the first attempt at a rate limit, and serves the second', async () => {
    const send = await client()
    const first = await send('/v1/messages', saying('rate limit'))
    const second = await send('/v1/messages', saying('rate limit'))
    expect([first.status, first.headers.get('retry-after'), second.status]).toEqual([429, '1', 200])
    expect(await first.json()).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } })
  })

  test('asks for the tool that is offered', async () => {
    const send = await client()
    const message = await (
      await send('/v1/messages', { ...saying('echo'), tools: [{ name: 'Bash' }] })
    ).json()
    expect(message).toMatchObject({
      stop_reason: 'tool_use',
      content: [{ type: 'text' }, { name: 'Bash', input: { command: expect.stringMatching(/^echo /) } }],
    })
  })

  test('counts tokens and lists models', async () => {
    const send = await client()
    expect(await (await send('/v1/messages/count_tokens', saying('hello'))).json()).toEqual({
      input_tokens: expect.any(Number),
    })
    expect(await (await send('/v1/models?limit=1000')).json()).toMatchObject({
      data: [{ id: expect.stringMatching(/^claude-/), display_name: expect.any(String) }, {}],
    })
  })

  test.each([
    ['x-api-key', DEMO_CREDENTIAL, 200],
    ['authorization', `Bearer ${DEMO_CREDENTIAL}`, 200],
    ['authorization', 'Bearer another', 401],
    ['x-nothing', '', 401],
  ])('with %s: %s answers %i', async (name, value, status) => {
    const send = await client()
    expect((await send('/v1/models', undefined, { [name]: value })).status).toBe(status)
  })

  test('answers the warm-up of Claude Code without a credential', async () => {
    const upstream = await startDemoUpstream()
    onTestFinished(upstream.close)
    expect((await fetch(`${upstream.url}/api/hello`, { method: 'HEAD' })).status).toBe(200)
  })

  test.each([
    ['/v1/nothing', saying('hello'), 404, 'not_found_error'],
    ['/v1/messages', {}, 400, 'invalid_request_error'],
  ])('answers %s with an error of the API', async (path, body, status, type) => {
    const response = await (await client())(path, body)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({
      type: 'error',
      error: { type },
      request_id: expect.stringMatching(/^req_/),
    })
  })
})
