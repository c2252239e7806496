/**
 * The upstream of the benchmark, in its own process. The query says what to answer:
 *   ?events=N                 a Messages stream of N deltas, in one write
 *   ?events=N&restAfterMs=M   the same, but only its start at once, the rest M ms later
 *   ?events=N&pauseMs=P       a Messages stream of N deltas, P ms apart
 *   ?bulkBytes=N              a Messages stream of N bytes as fast as the client takes it
 *   ?binaryBytes=N            N bytes that are no text, in pieces of 64 KB
 * Each paced delta carries the time of its sending, in microseconds of the machine's monotonic clock.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'

const PIECE_BYTES = 64 * 1024
const USAGE = {
  input_tokens: 12,
  cache_creation_input_tokens: 800,
  cache_read_input_tokens: 20_000,
  output_tokens: 1,
}
const MESSAGE = { id: 'msg_bench', type: 'message', role: 'assistant', model: 'claude-opus-4-8', content: [] }
const START =
  event({ type: 'message_start', message: { ...MESSAGE, usage: USAGE } }) +
  event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })
const END =
  event({ type: 'content_block_stop', index: 0 }) +
  event({
    type: 'message_delta',
    delta: { stop_reason: 'end_turn' },
    usage: { ...USAGE, output_tokens: 400 },
  }) +
  event({ type: 'message_stop' })
const TEXT_PIECE = Buffer.from(delta().repeat(Math.ceil(PIECE_BYTES / delta().length)))
const BINARY_PIECE = Buffer.from(Array.from({ length: PIECE_BYTES }, (_, index) => (index * 31) % 256))

const server = createServer({ keepAliveTimeout: 0 }, async (request, response) => {
  request.resume()
  await once(request, 'end')
  const query = new URL(request.url, 'http://upstream').searchParams
  const number = (name) => Number(query.get(name) ?? 0)
  if (query.has('binaryBytes')) await sendBinary(response, number('binaryBytes'))
  else if (query.has('bulkBytes')) await sendBulk(response, number('bulkBytes'))
  else if (query.has('restAfterMs')) await sendInTwo(response, number('events'), number('restAfterMs'))
  else if (query.has('pauseMs')) await sendPaced(response, number('events'), number('pauseMs'))
  else openStream(response).end(START + delta().repeat(number('events')) + END)
})
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })))
process.on('SIGTERM', () => process.exit())

async function sendInTwo(response, events, restAfterMs) {
  openStream(response).write(START)
  await delay(restAfterMs)
  response.end(delta().repeat(events) + END)
}

async function sendPaced(response, events, pauseMs) {
  openStream(response).write(START)
  for (let sent = 0; sent < events && !response.destroyed; sent += 1) {
    await delay(pauseMs)
    response.write(delta(Number(process.hrtime.bigint() / 1000n)))
  }
  response.end(END)
}

async function sendBulk(response, bytes) {
  await pipeline(function* () {
    yield START
    yield* repeated(TEXT_PIECE, bytes)
    yield END
  }, openStream(response))
}

async function sendBinary(response, bytes) {
  response.writeHead(200, { 'content-type': 'application/octet-stream' })
  await pipeline(repeated(BINARY_PIECE, bytes), response)
}

function* repeated(piece, bytes) {
  for (let sent = 0; sent < bytes; sent += piece.length) yield piece
}

function openStream(response) {
  return response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_bench' })
}

function delta(at) {
  const text = 'A dozen words or so, as they come out of a model at once. '
  return event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text }, at })
}

function event(data) {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
}
