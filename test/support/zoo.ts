import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { Fault } from './broken-gateway.ts'
import { handOn } from './broken-gateway.ts'
import { changed, cutAt, isMessage, isStream, reply, rewritten, streamed } from './passing.ts'
import { PRODUCTS } from './zoo-products.ts'

/** A gateway with one fault, and what has to be said of it; of all else, nothing. */
export interface Inmate {
  readonly name: string
  readonly fault: Fault
  /** The check that has to find it, with its verdict, */
  readonly finds: readonly [id: string, verdict: 'warn' | 'fail']
  /** what it has to say, */
  readonly evidence: RegExp
  /** and what mends it. */
  readonly remedy: RegExp
  /** Checks that have to find it too. */
  readonly also?: readonly string[]
}

const HTML = '<html><head><title>403 Forbidden</title></head><body>Request blocked</body></html>'

export const ZOO: readonly Inmate[] = [
  ...PRODUCTS,
  {
    name: 'redirects to another host',
    fault: {
      answer: (request, response) => {
        response.writeHead(307, { location: `https://new.example${request.path}` }).end()
        return true
      },
    },
    finds: ['redirect', 'fail'],
    evidence: /HTTP 307 to https:\/\/new\.example$/,
    remedy: /config set upstream https:\/\/new\.example$/,
  },
  {
    name: 'hangs up',
    fault: { answer: (_request, response) => !!response.destroy() },
    finds: ['reach', 'fail'],
    evidence: /hang up|ECONNRESET/,
    remedy: /https|client certificate/,
  },
  {
    name: 'takes the key in x-api-key only',
    fault: { looksInto: 'x-api-key' },
    finds: ['credential', 'fail'],
    evidence: /accepted in `x-api-key`$/,
    remedy: /config set auth x-api-key/,
  },
  {
    name: 'has a wrong key for its provider',
    fault: { providerKey: 'outdated' },
    finds: ['credential', 'fail'],
    evidence: /the provider behind the gateway refuses it/,
    remedy: /its own key for the provider/,
  },
  {
    name: 'does not know the key',
    fault: {
      answer: (_request, response) =>
        reply(response, 401, 'application/json', '{"message":"No API key found"}'),
    },
    finds: ['credential', 'fail'],
    evidence: /the gateway refuses it \(HTTP 401: No API key found\)/,
    remedy: /claude-gw login/,
  },
  {
    name: 'has no route for messages',
    fault: {
      answer: (request, response) =>
        isMessage(request) && reply(response, 404, 'application/json', '{"message":"no Route matched"}'),
    },
    finds: ['errors', 'fail'],
    evidence: /`POST \/v1\/messages` is not there \(HTTP 404: no Route matched/,
    remedy: /without \/v1/,
  },
  {
    name: 'wraps errors',
    fault: {
      handOn: changed((body, { statusCode = 0 }) =>
        statusCode < 400
          ? { body }
          : {
              body: JSON.stringify({
                error: { message: `UpstreamException - ${JSON.parse(body).error.message}` },
              }),
            },
      ),
    },
    finds: ['errors', 'warn'],
    evidence: /envelope of the gateway’s own \(HTTP 400: UpstreamException/,
    remedy: /hand on error bodies/,
  },
  {
    name: 'shows errors as pages of HTML',
    fault: {
      handOn: changed((body, { statusCode = 0 }) =>
        statusCode < 400
          ? { body }
          : { body: '<!doctype html><title>Bad Request</title>', type: 'text/html' },
      ),
    },
    finds: ['errors', 'warn'],
    evidence: /pages of HTML/,
    remedy: /hand on error bodies/,
  },
  {
    name: 'answers errors with 500',
    fault: {
      handOn: changed((body, { statusCode = 0 }) => (statusCode < 400 ? { body } : { body, status: 500 })),
    },
    finds: ['errors', 'warn'],
    evidence: /answered with 500, not 400/,
    remedy: /with their status/,
  },
  {
    name: 'answers errors with 200',
    fault: { handOn: changed((body) => ({ body, status: 200 })) },
    finds: ['errors', 'warn'],
    evidence: /wrong on purpose was answered with 200/,
    remedy: /hand on status and body/,
  },
  {
    name: 'words errors itself',
    fault: {
      handOn: changed((body, { statusCode = 0 }) =>
        statusCode < 400
          ? { body }
          : {
              body: JSON.stringify({
                type: 'error',
                error: { type: 'invalid_request_error', message: 'Bad request' },
              }),
            },
      ),
    },
    finds: ['errors', 'warn'],
    evidence: /words errors itself \(HTTP 400: Bad request\)/,
    remedy: /unchanged/,
  },
  {
    name: 'drops anthropic-beta',
    fault: { change: ({ headers }) => void delete headers['anthropic-beta'] },
    finds: ['betas', 'fail'],
    evidence: /`context_management` arrives without its header/,
    remedy: /pass `anthropic-beta` on/,
  },
  {
    name: 'keeps the first of several betas',
    fault: {
      change: ({ headers }) => {
        headers['anthropic-beta'] = String(headers['anthropic-beta']).split(',')[0]
      },
    },
    finds: ['betas', 'fail'],
    evidence: /`context_management` arrives without its header/,
    remedy: /pass `anthropic-beta` on/,
  },
  {
    name: 'drops fields that it does not know',
    fault: {
      change: rewritten(({ model, max_tokens, messages, stream, system, tools }) => ({
        model,
        max_tokens,
        messages,
        stream,
        system,
        tools,
      })),
    },
    finds: ['fields', 'warn'],
    evidence: /does not know came to nothing/,
    remedy: /byte for byte/,
  },
  {
    name: 'cannot count tokens',
    fault: {
      answer: ({ path }, response) =>
        path.includes('count_tokens') && reply(response, 404, 'application/json', '{"message":"Not Found"}'),
    },
    finds: ['count-tokens', 'warn'],
    evidence: /count_tokens` is not there/,
    remedy: /add the route/,
  },
  {
    name: 'makes up counts of tokens',
    fault: {
      answer: ({ path }, response) =>
        path.includes('count_tokens') && reply(response, 200, 'application/json', '{"input_tokens":0}'),
    },
    finds: ['count-tokens', 'warn'],
    evidence: /^0 tokens for a greeting, which the gateway has not got from the API$/,
    remedy: /pass `\/v1\/messages\/count_tokens` on/,
  },
  {
    name: 'has no map for the model',
    fault: { change: rewritten((body) => ({ ...body, model: `mapped-${String(body['model'])}` })) },
    finds: ['model claude-haiku-4-5', 'fail'],
    also: ['model claude-opus-5-5'],
    evidence: /HTTP 404: model: mapped-claude-haiku-4-5/,
    remedy: /models\.aliases\.claude-haiku-4-5/,
  },
  {
    name: 'has no route for the model that Claude Code begins with',
    fault: {
      change: rewritten((body) => (body['model'] === 'claude-opus-5-5' ? { ...body, model: 'none' } : body)),
    },
    finds: ['model claude-opus-5-5', 'warn'],
    evidence: /HTTP 404: model: none; Claude Code 2\.1\.329 begins with it/,
    remedy: /models\.aliases\.claude-opus-5-5.*or name another in ANTHROPIC_MODEL/,
  },
  {
    name: 'lists no models',
    fault: {
      answer: ({ path }, response) =>
        path.startsWith('/v1/models') && reply(response, 404, 'application/json', '{"message":"Not Found"}'),
    },
    finds: ['models', 'warn'],
    evidence: /HTTP 404: Not Found/,
    remedy: /GET \/v1\/models/,
  },
  {
    name: 'is slow to list models',
    fault: {
      answer: async ({ path }) => {
        if (path.startsWith('/v1/models')) await delay(1_600)
        return false
      },
    },
    finds: ['models', 'warn'],
    evidence: /3 models after \d+\.\d s; Claude Code waits 3 s/,
    remedy: /keep the list/,
  },
  {
    name: 'redirects the list of models',
    fault: {
      answer: ({ path }, response) => {
        if (!path.startsWith('/v1/models')) return false
        response.writeHead(301, { location: '/models' }).end()
        return true
      },
    },
    finds: ['models', 'warn'],
    evidence: /HTTP 301: Claude Code takes a redirect for a failure/,
    remedy: /itself/,
  },
  {
    name: 'has a firewall that reads bodies',
    fault: {
      answer: ({ body }, response) =>
        /<script>|DROP TABLE/.test(String(body)) && reply(response, 403, 'text/html', HTML),
    },
    finds: ['filter', 'fail'],
    evidence: /source code gets: HTTP 403: a page of HTML; a plain one gets HTTP 400/,
    remedy: /firewall/,
  },
  {
    name: 'has a firewall that hangs up',
    fault: { answer: ({ body }, response) => /\/etc\/passwd/.test(String(body)) && !!response.destroy() },
    finds: ['filter', 'fail'],
    evidence: /source code gets: .*(hang up|ECONNRESET)/,
    remedy: /firewall/,
  },
  {
    name: 'takes 1 MB at most',
    fault: {
      answer: ({ headers }, response) =>
        Number(headers['content-length']) > 1_100_000 &&
        reply(response, 413, 'text/html', '<html>413</html>'),
    },
    finds: ['size', 'fail'],
    evidence: /^8 MB are refused \(HTTP 413: a page of HTML\), 1 MB arrive$/,
    remedy: /32 MB/,
  },
  {
    name: 'hides the request id',
    fault: {
      handOn: (answer, response) => {
        delete answer.headers['request-id']
        handOn(answer, response)
      },
    },
    finds: ['request-id', 'warn'],
    evidence: /no `request-id`/,
    remedy: /response headers/,
  },
  {
    name: 'says gzip and sends none',
    fault: { handOn: changed((body) => ({ body, headers: { 'content-encoding': 'gzip' } })) },
    finds: ['compression', 'fail'],
    evidence: /`content-encoding: gzip`, but/,
    remedy: /drop `content-encoding`/,
  },
  {
    name: 'has a clock that is wrong',
    fault: {
      handOn: changed((body) => ({
        body,
        headers: { date: new Date(Date.now() - 3_600_000).toUTCString() },
      })),
    },
    finds: ['clock', 'warn'],
    evidence: /this clock is 3\d\d\d s ahead/,
    remedy: /NTP/,
  },
  {
    name: 'holds answers back',
    fault: { handOn: changed((body) => ({ body })) },
    finds: ['streaming', 'fail'],
    evidence: /all of it came at once, after \d+ ms/,
    remedy: /buffering/,
  },
  {
    name: 'collects answers to compress them',
    fault: { handOn: changed((body) => ({ body: gzipSync(body), headers: { 'content-encoding': 'gzip' } })) },
    finds: ['streaming', 'fail'],
    evidence: /all of it came at once/,
    remedy: /compression of `text\/event-stream`/,
  },
  {
    name: 'does not stream',
    fault: { change: rewritten(({ stream: _stream, ...body }) => body) },
    finds: ['streaming', 'fail'],
    evidence: /`application\/json` came/,
    remedy: /pass `stream: true`/,
  },
  {
    name: 'swallows pings',
    fault: { handOn: streamed((piece) => piece.replace(/event: ping\n.*\n\n/g, '')) },
    finds: ['pings', 'warn'],
    evidence: /none came/,
    remedy: /all events/,
  },
  {
    name: 'ends a stream cleanly in its middle',
    fault: {
      handOn: (answer, response, request) =>
        isStream(request) ? cutAt(answer, response, 'clean') : handOn(answer, response),
    },
    finds: ['stream-end', 'fail'],
    evidence: /ended without `message_stop`/,
    remedy: /timeouts/,
  },
  {
    name: 'loses the connection in the middle of a stream',
    fault: {
      handOn: (answer, response, request) =>
        isStream(request) ? cutAt(answer, response, 'cut') : handOn(answer, response),
    },
    finds: ['stream-end', 'fail'],
    evidence: /lost in its middle/,
    remedy: /timeouts/,
  },
  {
    name: 'tells no usage',
    fault: {
      handOn: streamed((piece) =>
        piece.startsWith('event:') ? piece.replaceAll('_tokens"', '_words"') : piece,
      ),
    },
    finds: ['stream-end', 'warn'],
    evidence: /how many tokens/,
    remedy: /`usage`/,
  },
]
