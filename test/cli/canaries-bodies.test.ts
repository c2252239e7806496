import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync, constants } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { joinDeltas } from '../../src/exchange/deltas.ts'
import type { ExchangeRecord } from '../../src/exchange/exchange.ts'
import { readBody } from '../../src/log/body-reader.ts'
import { decodeWhole } from '../../src/usage/decode-whole.ts'
import type { AnswerParts } from '../support/answer.ts'
import type { Places } from '../support/canaries.ts'
import { findLeaks, plainCanaries, repeatAll } from '../support/canaries.ts'
import type { Home } from '../support/claude-run.ts'
import { openHome, recordsOf, startAsking } from '../support/claude-run.ts'
import type { Encoding } from '../support/encodings.ts'
import { encode } from '../support/encodings.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer, choose, cut } from '../support/faults.ts'
import { ask } from '../support/gateway-client.ts'

/** All that claude-gw is told or given for the requests of a run. */
const KNOWN = plainCanaries(
  'key',
  'headers',
  'literal header',
  'client x-api-key',
  'client cookie',
  'query key',
)
const PATTERN = 'ACME-123456'
const PLANTED = { ...KNOWN, 'what log.redact names': PATTERN }

const ENV = {
  CLAUDE_GW_CREDENTIAL: 'env:TEAM_KEY',
  TEAM_KEY: KNOWN.key,
  CLAUDE_GW_HEADERS: JSON.stringify({
    'X-Gateway-Key': 'env:HEADER_KEY',
    'X-Other-Token': KNOWN['literal header'],
  }),
  HEADER_KEY: KNOWN.headers,
  CLAUDE_GW_LOG_REDACT: JSON.stringify(['ACME-\\d{6}', '[a-z]+@example\\.com']),
}

/** What an upstream answers that repeats everything, by the name in the path. */
function answers(words: string): Record<string, AnswerParts> {
  const plain = { body: JSON.stringify({ type: 'message', content: [{ type: 'text', text: words }] }) }
  const encoded = (Object.keys(encode) as Encoding[]).map((encoding): [string, AnswerParts] => [
    encoding,
    {
      headers: [
        ['Content-Type', 'text/event-stream'],
        ['Content-Encoding', encoding.replace('-raw', '')],
      ],
      body: encode[encoding](Buffer.from(`data: ${plain.body}\n\n`)),
      chunkBytes: 7,
      framing: 'chunked',
    },
  ])
  return {
    plain,
    pieces: { headers: [['Content-Type', 'text/event-stream']], body: inPieces(words), framing: 'chunked' },
    binary: { headers: [['Content-Type', 'application/octet-stream']], body: `\0${words}` },
    error: { ...plain, status: 529 },
    ...Object.fromEntries(encoded),
  }
}

function inPieces(words: string): string {
  const pieces = words.match(/.{1,3}/gs) ?? []
  const deltas = pieces.map((text) => ({ type: 'content_block_delta', delta: { type: 'text_delta', text } }))
  return deltas.map((delta) => `event: content_block_delta\ndata: ${JSON.stringify(delta)}\n\n`).join('')
}

async function observe(level: 'errors' | 'full'): Promise<Places> {
  const home = openHome()
  // A pattern finds what it describes, and no other form of that.
  const words = `${PATTERN}, ${repeatAll(Object.values(KNOWN))}`
  const upstream = await startFaultUpstream(
    choose(({ request }) => {
      const [, name = ''] = /^\/v1\/(\w+)/.exec(request.target) ?? []
      const parts = answers(words)[name] ?? {}
      return request.target.includes('cut') ? cut(parts, 400, 'rst') : answer(parts)
    }),
  )
  onTestFinished(upstream.close)
  const env = { ...ENV, CLAUDE_GW_UPSTREAM: upstream.url, CLAUDE_GW_LOG_LEVEL: level }
  const run = await startAsking(home, { env })
  const token = `${run.token}`
  const port = Number(new URL(run.url).port)
  const query = new URLSearchParams({ key: KNOWN['query key'] })
  for (const name of Object.keys(answers(''))) {
    for (const way of ['whole', 'cut']) {
      await ask(
        { port },
        {
          path: `/v1/${name}/${way}?${query}`,
          access: [['Authorization', `Bearer ${token}`]],
          headers: [
            ['X-Api-Key', KNOWN['client x-api-key']],
            ['Cookie', `a=${KNOWN['client cookie']}`],
          ],
          body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: `${words} ${token}` }] }),
          writeBytes: 97,
        },
      ).catch(() => {})
    }
  }
  await run.end()
  const records = recordsOf(home)
  expect(records).toHaveLength(2 * Object.keys(answers('')).length)
  return { ...filesOf(home), ...(await bodiesOf(home, records)) }
}

/** As they are on the disk, and what they decompress to. */
function filesOf(home: Home): Places {
  const entries = readdirSync(home.state, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const texts = entries.flatMap(({ parentPath, name }) => {
    const bytes = readFileSync(join(parentPath, name))
    const path = join(parentPath, name)
    if (!name.endsWith('.br')) return [[path, bytes.toString('latin1')]]
    const plain = brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH })
    return [
      [path, bytes.toString('latin1')],
      [`${path}, decompressed`, plain.toString('latin1')],
    ]
  })
  return Object.fromEntries(texts)
}

/** What the bodies decode to, as well as it goes. */
async function bodiesOf(home: Home, records: readonly ExchangeRecord[]): Promise<Places> {
  const places: Record<string, string> = {}
  for (const { path, request_body, response_body, response_headers } of records) {
    for (const reference of [request_body, response_body]) {
      const found = reference && (await readBody(join(home.state, 'bodies'), reference))
      if (!found || 'reason' in found) continue
      const coding = reference.decoded ? undefined : response_headers?.['content-encoding']
      const decoded = await decodeWhole(found.bytes, coding).catch(() => found.bytes)
      places[`a body of ${path}`] = decoded.toString('latin1')
      places[`what was said in ${path}`] = joinDeltas(decoded)
        .map(({ text }) => String(text))
        .join('\n')
    }
  }
  return places
}

test('with full bodies, no secret that is known is in any file, compressed or not', async () => {
  const places = await observe('full')
  expect(findLeaks(places, PLANTED)).toEqual([])
  const text = Object.values(places).join('\n')
  expect(text).toContain('"content":"[redacted]')
  expect(text.match(/\[redacted\]/g)?.length).toBeGreaterThan(100)
  expect(text).not.toMatch(/cgw-[\w-]{20}/)
})

test('nor with those of what went wrong', async () => {
  const places = await observe('errors')
  expect(findLeaks(places, PLANTED)).toEqual([])
  expect(Object.values(places).join('\n')).toContain('[redacted]')
})
