import { setTimeout as delay } from 'node:timers/promises'
import type { Fault } from './broken-gateway.ts'
import { handOn } from './broken-gateway.ts'
import { changed, isLongSilence, isMessage, isStream, lumps, reply, streamed } from './passing.ts'
import type { Inmate } from './zoo.ts'

/** What gateways that are in use do, and what stands before them, in their own words. */
export const PRODUCTS: readonly Inmate[] = [
  {
    name: 'wraps errors as LiteLLM does',
    fault: {
      handOn: changed((body, { statusCode = 0 }) =>
        statusCode < 400 ? { body } : { body: inLiteLlm(body, statusCode) },
      ),
    },
    finds: ['errors', 'warn'],
    evidence: /envelope of the gateway’s own \(HTTP 400: litellm\.BadRequestError/,
    remedy: /route `\/anthropic` of LiteLLM/,
  },
  {
    name: 'has no such model, as LiteLLM says it',
    fault: {
      handOn: changed((body, { statusCode = 0 }, { path }) =>
        path.includes('/messages') && !body.includes('max_tokens')
          ? {
              status: 400,
              body: '{"error":{"message":"/v1/messages: Invalid model name passed in model=claude-haiku-4-5","code":"400"}}',
            }
          : { body, status: statusCode },
      ),
    },
    finds: ['model claude-haiku-4-5', 'fail'],
    also: ['model claude-opus-5-5'],
    evidence: /HTTP 400: .*Invalid model name passed/,
    remedy: /models\.aliases\.claude-haiku-4-5/,
  },
  {
    name: 'words itself that a prompt is too long',
    fault: {
      handOn: streamed((piece) =>
        piece.replace(/prompt is too long[^"]*/, 'This model’s maximum context length is 200000 tokens'),
      ),
    },
    finds: ['too-long', 'warn'],
    evidence: /HTTP 400: This model’s maximum context length/,
    remedy: /`prompt is too long`/,
  },
  {
    name: 'takes the key in apikey only, as Kong and WSO2 do',
    fault: { looksInto: 'apikey' },
    finds: ['credential', 'fail'],
    evidence: /accepted in `apikey`/,
    remedy: /config set auth header:apikey/,
  },
  {
    name: 'knows the key and no subscription, as WSO2 says it',
    fault: {
      answer: (_request, response) =>
        reply(response, 403, 'application/json', '{"fault":{"code":900908,"message":"Resource forbidden"}}'),
    },
    finds: ['credential', 'fail'],
    evidence: /the gateway refuses it \(HTTP 403: Resource forbidden\)/,
    remedy: /ask who runs the gateway for access/,
  },
  {
    name: 'wants a header of its own, as Portkey does',
    fault: {
      answer: (_request, response) =>
        reply(
          response,
          400,
          'application/json',
          '{"status":"failure","message":"Either x-portkey-config or x-portkey-provider header is required"}',
        ),
    },
    finds: ['headers', 'fail'],
    evidence: /asks for `x-portkey-config`/,
    remedy: /config set headers\.x-portkey-config VALUE/,
  },
  {
    name: 'hands on only headers that it knows',
    fault: { change: ({ headers }) => void delete headers['anthropic-version'] },
    finds: ['headers', 'fail'],
    evidence: /`anthropic-version` does not arrive/,
    remedy: /begin with `anthropic-`/,
  },
  {
    name: 'sends everyone to a page to sign in',
    fault: {
      answer: (_request, response) => {
        const location = 'https://login.example/tenant/oauth2/v2.0/authorize?client_id=1'
        response.writeHead(302, { location }).end()
        return true
      },
    },
    finds: ['redirect', 'fail'],
    evidence: /HTTP 302 to a page to sign in, https:\/\/login\.example/,
    remedy: /single sign-on for browsers/,
  },
  {
    name: 'is the page of a network that wants you to sign in',
    fault: {
      answer: (_request, response) =>
        reply(response, 200, 'text/html', '<!doctype html><title>Guest network</title>'),
    },
    finds: ['reach', 'fail'],
    evidence: /a web page answers \(HTTP 200\)/,
    remedy: /sign in first/,
  },
  {
    name: 'is behind a protection from bots',
    fault: {
      answer: (_request, response) => {
        response.setHeader('cf-ray', '8f0')
        return reply(response, 403, 'text/html', '<!doctype html><title>Just a moment...</title>')
      },
    },
    finds: ['credential', 'fail'],
    evidence: /something before the gateway lets nothing through \(HTTP 403: a page of HTML\)/,
    remedy: /protection from bots/,
  },
  {
    name: 'writes the length of a body twice',
    fault: {
      answer: (_request, response) => {
        response.socket?.end(
          'HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}',
        )
        return true
      },
    },
    finds: ['reach', 'fail'],
    evidence: /Content-Length/,
    remedy: /writes headers twice/,
  },
  {
    name: 'lists models without ids',
    fault: models([{ name: 'claude-opus-4-8' }]),
    finds: ['models', 'warn'],
    evidence: /have no `id`/,
    remedy: /list models as the API does/,
  },
  {
    name: 'lists models under names of its own',
    fault: models([{ id: 'smart' }, { id: 'fast' }]),
    finds: ['models', 'warn'],
    evidence: /none of 2 models has `claude` or `anthropic` in its id, such as smart/,
    remedy: /models\.aliases/,
  },
  {
    name: 'takes 10 MB at most, as Amazon API Gateway does',
    fault: {
      answer: ({ headers }, response) => {
        if (!(Number(headers['content-length']) > 10 * 1024 ** 2)) return false
        response.setHeader('x-amz-apigw-id', 'JKJaXmPLvHcESHA=')
        return reply(response, 413, 'application/json', '{"message":"Request Too Long"}')
      },
    },
    finds: ['size', 'fail'],
    evidence: /^31 MB are refused \(HTTP 413: Request Too Long\), 8 MB arrive$/,
    remedy: /Amazon API Gateway takes 10 MB/,
  },
  {
    name: 'collects 4 KB of a stream at a time',
    fault: { handOn: lumps(4096) },
    finds: ['streaming', 'fail'],
    evidence: /it came in \d lumps of about \d\d events/,
    remedy: /buffering/,
  },
  {
    name: 'drops the lines that name events',
    fault: { handOn: streamed((piece) => piece.replace(/^event: .*\n/gm, '')) },
    finds: ['stream-end', 'fail'],
    evidence: /no `event:` line/,
    remedy: /unchanged/,
  },
  {
    name: 'streams chat completions',
    fault: {
      handOn: streamed((piece) =>
        piece
          .replace(/^event: .*\n/gm, '')
          .replace(/^data: .*$/gm, 'data: {"object":"chat.completion.chunk"}'),
      ),
    },
    finds: ['stream-end', 'fail'],
    evidence: /not those of the Messages API/,
    remedy: /chat completions/,
  },
  {
    name: 'waits a second for an answer, as Envoy says it',
    fault: {
      answer: async (request, response) => {
        if (!isLongSilence(request)) return false
        await delay(1_000)
        response.setHeader('server', 'envoy')
        return reply(response, 504, 'text/plain', 'upstream request timeout')
      },
    },
    finds: ['idle', 'fail'],
    evidence: /given up after 1 s \(HTTP 504\); Claude Code waits 600 s/,
    remedy: /route of Envoy/,
  },
  {
    name: 'hangs up on a long silence',
    fault: {
      answer: async (request, response) => {
        if (!isLongSilence(request)) return false
        await delay(1_000)
        return !!response.destroy()
      },
    },
    finds: ['idle', 'fail'],
    evidence: /given up after 1 s \(.*(hang up|ECONNRESET)/,
    remedy: /to 600 s/,
  },
  {
    name: 'ends a long silence as if there was no more to say',
    fault: {
      answer: async (request, response) => {
        if (!isLongSilence(request)) return false
        await delay(1_000)
        return reply(response, 200, 'application/json', '')
      },
    },
    finds: ['idle', 'fail'],
    evidence: /given up after 1 s \(the answer is not whole\)/,
    remedy: /to 600 s/,
  },
]

/** Gateways that do what they may: of none of them is anything said. */
export const HARMLESS: readonly (readonly [name: string, fault: Fault])[] = [
  ['ends lines with CR and LF', { handOn: streamed((piece) => piece.replaceAll('\n', '\r\n')) }],
  [
    'writes no blank behind names',
    { handOn: streamed((piece) => piece.replace(/^(event|data): /gm, '$1:')) },
  ],
  [
    'puts comments into a stream',
    { handOn: streamed((piece) => piece.replace(/^event:/, ': keep-alive\n\nevent:')) },
  ],
  ['hands on four events at a time', { handOn: lumps(512) }],
  [
    'is slow to begin',
    {
      answer: async (request) => {
        if (isMessage(request) && isStream(request)) await delay(1_000)
        return false
      },
    },
  ],
  [
    'has headers of its own',
    {
      handOn: (answer, response) => {
        answer.headers['server'] = 'gateway'
        answer.headers['x-upstream-latency'] = '7'
        handOn(answer, response)
      },
    },
  ],
]

function inLiteLlm(body: string, code: number): string {
  const message = `litellm.BadRequestError: AnthropicException - ${body}. Received Model Group=claude`
  return JSON.stringify({ error: { message, type: 'None', param: 'None', code: String(code) } })
}

function models(data: readonly object[]): Fault {
  return {
    answer: ({ path }, response) =>
      path.startsWith('/v1/models') && reply(response, 200, 'application/json', JSON.stringify({ data })),
  }
}
