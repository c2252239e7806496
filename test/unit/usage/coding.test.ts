import { describe, expect, test } from 'vitest'
import { codingOf } from '../../../src/usage/coding.ts'
import type { Encoding } from '../../support/encodings.ts'
import { encode } from '../../support/encodings.ts'

const BODY = Buffer.from('{"type":"message","usage":{"input_tokens":3}}')
const firstBytes = (encoding: Encoding) => encode[encoding](BODY).subarray(0, 16)

describe('the coding is', () => {
  test.each([
    ['gzip', 'gzip', 'gzip'],
    ['x-gzip', 'gzip', 'gzip'],
    [' GZIP ', 'gzip', 'gzip'],
    ['deflate', 'deflate', 'deflate'],
    ['deflate', 'deflate-raw', 'deflate-raw'],
    ['br', 'br', 'br'],
    ['zstd', 'zstd', 'zstd'],
    ['identity', 'identity', 'identity'],
    [undefined, 'identity', 'identity'],
  ] as const)('what the header says: %s with %s bytes', (header, sent, expected) => {
    expect(codingOf(header, firstBytes(sent))).toBe(expected)
  })

  test.each([
    [undefined, 'gzip', 'gzip'],
    ['br', 'gzip', 'gzip'],
    ['identity', 'zstd', 'zstd'],
    ['gzip', 'zstd', 'zstd'],
    ['br', 'identity', 'identity'],
    ['compress', 'identity', 'identity'],
    ['compress', 'gzip', 'gzip'],
  ] as const)('what the bytes say where the header is wrong: %s with %s bytes', (header, sent, expected) => {
    expect(codingOf(header, firstBytes(sent))).toBe(expected)
  })

  test.each([
    'event: ping\n',
    'data: {}\n',
    ': comment\n',
    '\uFEFFdata:x',
    ' {"a":1}',
    '{}',
    '<!DOCTYPE html>',
    '<html>',
  ])('none where the header says br and the bytes are %j', (text) => {
    expect(codingOf('br', Buffer.from(text))).toBe('identity')
  })
})

test.each(['compress', 'gzip, br', 'constructor'])('throws on %s with bytes that tell nothing', (header) => {
  expect(() => codingOf(header, Buffer.from([1, 2, 3]))).toThrow(
    `content-encoding "${header}" cannot be read`,
  )
})
