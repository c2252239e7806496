import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { toLine } from '../../../src/exchange/line.ts'
import { redact } from '../../../src/exchange/redact.ts'
import type { AnswerParts } from '../../support/answer.ts'
import { apiErrorAnswer } from '../../support/answer.ts'
import { changingSource, failingSource, injectingFrom } from '../../support/credential-source.ts'
import type { Fault } from '../../support/fault-upstream.ts'
import { answer, wire } from '../../support/faults.ts'
import type { Overrides } from '../../support/gateway.ts'
import { startTestGateway } from '../../support/gateway.ts'
import type { Ask, HeaderPairs, Reply } from '../../support/gateway-client.ts'
import { ask } from '../../support/gateway-client.ts'

/** Known to the gateway, or sent under a name that says what they are: found whatever they look like. */
const NAMED = {
  'local token': 'cgw-plain-secret-of-this-gateway',
  'local path': 'plain-secret-of-the-path-prefix',
  authorization: 'plain/secret+of=the-authorization',
  'x-api-key': 'plain-secret-of-x-api-key',
  cookie: 'plain-secret-of-the-cookie',
  'proxy-authorization': 'plain-secret/of-the-proxy',
  'custom header': 'plain/secret-of-a-custom-header',
  'query key': 'plain-secret-of-the-query',
  'query access_token': 'plain/secret+of=an&access token',
  'old credential': 'plain-secret-before-the-change',
  'new credential': 'plain-secret-after-the-change',
  'old header': 'plain-header-secret-before',
  'new header': 'plain-header-secret-after',
  'literal header': 'plain-header-secret-in-the-configuration',
} as const

/** Told to nobody: found by their looks alone. */
const RANDOM = {
  path: random('path'),
  'unnamed query': random('unnamed query'),
  body: random('body'),
  'error body': random('error body'),
  'set-cookie': random('set-cookie'),
  location: random('location'),
  'www-authenticate': random('www-authenticate'),
  'unreadable answer': random('unreadable answer'),
  'error message': random('error message'),
  'error stack': random('error stack'),
} as const

const CANARIES: Readonly<Record<string, string>> = { ...NAMED, ...RANDOM }

const QUERY = new URLSearchParams({
  beta: 'true',
  key: NAMED['query key'],
  access_token: NAMED['query access_token'],
  q: RANDOM['unnamed query'],
})
const TARGET = `/v1/things/${RANDOM.path}/messages?${QUERY}`

const HEADERS: HeaderPairs = [
  ['Authorization', `Bearer ${NAMED.authorization}`],
  ['X-Api-Key', NAMED['x-api-key']],
  ['Cookie', `theme=dark; session=${NAMED.cookie}`],
  ['Proxy-Authorization', `Basic ${base64(`me:${NAMED['proxy-authorization']}`)}`],
  ['X-Company-Token', NAMED['custom header']],
]

const BODY = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: RANDOM.body }] })

interface Mode {
  readonly options: () => Overrides
  readonly request: Ask
  readonly absent: readonly string[]
}

const EXTRA = () => ({
  'X-Gateway-Key': changingSource(NAMED['old header'], NAMED['new header']),
  'X-Team-Key': NAMED['literal header'],
})

const MODES: Readonly<Record<string, Mode>> = {
  'with a credential of ours': {
    options: () => ({
      access: { kind: 'token', token: NAMED['local token'] },
      credentials: injectingFrom(changingSource(NAMED['old credential'], NAMED['new credential'])),
      extraHeaders: EXTRA(),
    }),
    request: {
      path: TARGET,
      access: [['Authorization', `Bearer ${NAMED['local token']}`]],
      headers: HEADERS,
      body: BODY,
    },
    absent: ['local path'],
  },
  'in passthrough': {
    options: () => ({
      access: { kind: 'path', secret: NAMED['local path'] },
      credentials: { kind: 'passthrough' },
      extraHeaders: EXTRA(),
    }),
    request: { path: `/${NAMED['local path']}${TARGET}`, access: [], headers: HEADERS, body: BODY },
    absent: ['local token', 'old credential', 'new credential'],
  },
}

function random(place: string): string {
  return createHash('sha256').update(place).digest('base64url')
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** An error that repeats a secret in every form; the other secrets of an upstream are in the headers. */
function refusal(status: number, secret: string): AnswerParts {
  const forms = [
    secret,
    encodeURIComponent(secret),
    ...['', 'x', 'xx'].map((start) => base64(`${start}${secret}:`)),
  ]
  return apiErrorAnswer(status, 'invalid_request_error', `cannot read ${forms.join(', ')}, "${secret}"`, [
    ['Set-Cookie', `id=${RANDOM['set-cookie']}`],
    ['Location', `https://me:${RANDOM.location}@other.example/${RANDOM.location}?code=${RANDOM.location}`],
    ['WWW-Authenticate', `Bearer error="invalid_token", token="${RANDOM['www-authenticate']}"`],
  ])
}

/** What is written of one request, as `run` and `serve` write it, and what its client gets. */
async function observe(
  fault: Fault,
  options: Overrides,
  request: Ask,
): Promise<{ lines: string; reply: string }> {
  let lines = ''
  const gateway = await startTestGateway(fault, {
    ...options,
    onRecord: (record, { secrets }) => {
      lines += redact(toLine(record), secrets).text
      return true
    },
  })
  const reply: Reply = await ask(gateway, request)
  return { lines, reply: reply.body.toString() }
}

/** The names of the secrets that stand in a text, in any form. */
function leaksIn(text: string, names = Object.keys(CANARIES)): string[] {
  return names.filter((name) => formsOf(CANARIES[name] as string).some((form) => text.includes(form)))
}

function formsOf(secret: string): string[] {
  const percent = encodeURIComponent(secret)
  return [secret, percent, percent.replace(/%../g, (code) => code.toLowerCase()), ...base64Forms(secret)]
}

/** The part that is the same whatever stands around the secret, for each of the three ways in which bytes can fall. */
function base64Forms(secret: string): string[] {
  const texts = ['', 'x', 'xx'].map((start) =>
    base64(start + secret)
      .replace(/=+$/, '')
      .slice(start.length + 1, -1),
  )
  return [...texts, ...texts.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))]
}

test('the forms of a secret are found in a text', () => {
  for (const [name, secret] of Object.entries(CANARIES)) {
    for (const text of [secret, base64(`a${secret}z`), base64(`ab${secret}z`), base64(`abc${secret}`)]) {
      expect(leaksIn(`before ${text} after`), text).toContain(name)
    }
  }
})

describe.each(Object.entries(MODES))('no secret is in a record %s', (_, { options, request, absent }) => {
  const planted = Object.keys(CANARIES).filter((name) => !absent.includes(name))

  test.each(planted)('where an error of the upstream repeats that of: %s', async (name) => {
    const parts = refusal(401, CANARIES[name] as string)
    const { lines, reply } = await observe(answer(parts), options(), request)
    expect(leaksIn(reply)).toContain(name)
    expect(lines).toMatch(/"message":"cannot read \S*\[redacted\]/)
    expect(leaksIn(lines)).toEqual([])
  })

  test('where the answer cannot be read', async () => {
    const secret = RANDOM['unreadable answer']
    for (const bytes of [`HTTP/1.1 20x ${secret}\r\n\r\n`, `HTTP/1.1 200 OK\r\nA\x01B: ${secret}\r\n\r\n`]) {
      const { lines } = await observe(wire(bytes, 'fin'), options(), request)
      expect(lines).toContain('"attempts"')
      expect(leaksIn(lines)).toEqual([])
    }
  })

  test('where the upstream redirects', async () => {
    const { lines, reply } = await observe(answer(refusal(307, 'nothing')), options(), request)
    expect(lines).toContain('https://other.example')
    expect(leaksIn(lines + reply)).toEqual([])
  })

  test('where a source of a header fails', async () => {
    const error = new Error(`it printed ${RANDOM['error message']}`)
    error.stack += RANDOM['error stack']
    const extraHeaders = { 'X-Gateway-Key': failingSource(error) }
    const { lines, reply } = await observe(answer(), { ...options(), extraHeaders }, request)
    expect(lines).toContain('it printed [redacted]')
    expect(leaksIn(lines + reply)).toEqual([])
  })

  test('where the request was not let in', async () => {
    const stranger = { ...request, path: TARGET, access: [] }
    const { lines } = await observe(answer(), options(), stranger)
    expect(lines).toContain('does not carry the token')
    expect(leaksIn(lines)).toEqual([])
  })
})

test('an unforeseen error shows its client no credential that was used before', async () => {
  const secret = NAMED['old credential']
  let lookUps = 0
  const current = () => {
    lookUps += 1
    if (lookUps > 1) throw new Error(`cannot parse ${secret}`)
    return { value: secret, source: 'test' }
  }
  const gateway = await startTestGateway(answer(), {
    credentials: injectingFrom({ ...failingSource(new Error('gone')), current }),
  })
  await ask(gateway)
  const reply = await ask(gateway)
  expect(reply.status).toBe(500)
  expect(reply.body.toString()).toContain('cannot parse [redacted]')
})
