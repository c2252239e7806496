import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { RequestBody } from '../../../src/gateway/request-body.ts'

const TEXT = '{"model":"claude-opus-4-8","messages":[]}'

/** A body of that length whose end has not been noticed yet. */
function bodyOf(text: string, length: number): RequestBody {
  const headers = { 'content-length': String(length) }
  const request = Object.assign(new PassThrough(), { headers })
  const body = new RequestBody(request as unknown as IncomingMessage)
  body.keep()
  request.emit('data', Buffer.from(text))
  return body
}

test('what all bytes of a body ask for is known before its end is noticed', () => {
  expect(bodyOf(TEXT, TEXT.length).asked().model).toBe('claude-opus-4-8')
})

test('a body of which some are missing asks for nothing', () => {
  expect(bodyOf(TEXT, TEXT.length + 1).asked()).toEqual({})
})
