import { describe, expect, onTestFinished, test } from 'vitest'
import { answer } from '../../support/faults.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { ask, wireRequest } from '../../support/gateway-client.ts'
import { rawAnswers } from '../../support/raw-answers.ts'
import { openRaw, sendRaw } from '../../support/raw-client.ts'

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n'

describe('T1: a chunked body cannot become a second request', () => {
  test.each(['DELETE', 'OPTIONS', 'GET', 'PATCH', 'POST'])('%s', async (method) => {
    const gateway = await startTestGateway(answer())
    await ask(gateway, { method, body: SMUGGLED, framing: 'chunked' })
    await ask(gateway)
    expect(gateway.upstream.requests.map((request) => request.target)).toEqual([
      '/v1/messages',
      '/v1/messages',
    ])
    expect(gateway.upstream.requests[0]?.body.toString()).toBe(SMUGGLED)
    expect(gateway.upstream.requests[0]?.values('content-length')).toEqual([String(SMUGGLED.length)])
  })

  test('DELETE with a content length keeps exactly one', async () => {
    const gateway = await startTestGateway(answer())
    await ask(gateway, { method: 'DELETE', body: SMUGGLED })
    const request = await gateway.upstream.request(0)
    expect(request.values('content-length')).toEqual([String(SMUGGLED.length)])
    expect(request.body.toString()).toBe(SMUGGLED)
  })
})

describe('ambiguous framing is refused before anything goes upstream', () => {
  test.each([
    ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!'],
    ['a signed length', 'Content-Length: +5\r\n\r\nhello'],
    ['an unknown transfer coding', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a space before the colon', 'Content-Length : 5\r\n\r\nhello'],
    ['a folded header', 'X-A: 1\r\n folded\r\nContent-Length: 0\r\n\r\n'],
  ])('%s', async (_name, rest) => {
    const gateway = await startTestGateway(answer())
    const [line, host, access] = wireRequest(gateway).toString('latin1').split('\r\n')
    const reply = await sendRaw(gateway.port, `${line}\r\n${host}\r\n${access}\r\n${rest}`)
    expect(rawAnswers(reply.bytes)[0]?.status).toBe(400)
    expect(gateway.upstream.requests).toHaveLength(0)
  })
})

test('T13: a trailer of the client goes no further', async () => {
  const gateway = await startTestGateway(answer())
  const [line, host, access] = wireRequest(gateway).toString('latin1').split('\r\n')
  const framing =
    'Trailer: X-Api-Key\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Api-Key: other\r\n\r\n'
  const connection = await openRaw(gateway.port)
  onTestFinished(() => connection.destroy())
  await connection.send(`${line}\r\n${host}\r\n${access}\r\n${framing}`)
  await connection.until(({ bytes }) => rawAnswers(bytes)[0]?.isWhole === true)
  const request = await gateway.upstream.request(0)
  expect(request.body.toString()).toBe('hi')
  expect(request.values('trailer')).toEqual([])
  expect(request.values('x-api-key')).toEqual([])
})
