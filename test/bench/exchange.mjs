import { request } from 'node:http'

/** A request of the Messages API of about so many bytes; what a gateway looks for stands at both ends of it. */
export function messagesBody(bytes) {
  const line = 'const answer = await client.messages.create({ "model": name }) // a line of some source\n'
  const content = line.repeat(Math.ceil(bytes / JSON.stringify(line).length))
  const messages = [{ role: 'user', content }]
  return Buffer.from(JSON.stringify({ model: 'claude-opus-4-8', messages, max_tokens: 64_000, stream: true }))
}

/**
 * One request and its whole answer.
 * @param onData gets each piece of the answer as it comes
 * @returns ms from before the request to the first and to the last byte of the body, and its size
 */
export function exchange(route, query, body, onData = () => {}) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    let firstByteMs
    let bytes = 0
    const { port, agent, headers } = route
    const options = { host: '127.0.0.1', port, agent, headers, method: 'POST', path: `/v1/messages?${query}` }
    const sent = request(options, (response) => {
      response.on('data', (piece) => {
        firstByteMs ??= performance.now() - startedAt
        bytes += piece.length
        onData(piece)
      })
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode !== 200) reject(new Error(`${query}: answered ${response.statusCode}`))
        else resolve({ firstByteMs, totalMs: performance.now() - startedAt, bytes })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/**
 * One request whose answer is a paced stream.
 * @returns of each event the ms from its sending to its arrival
 */
export async function pacedExchange(route, query, body) {
  const delaysMs = []
  let rest = ''
  await exchange(route, query, body, (piece) => {
    const nowUs = Number(process.hrtime.bigint()) / 1000
    const events = (rest + piece.toString('latin1')).split('\n\n')
    rest = events.pop()
    for (const event of events) {
      const at = /"at":(\d+)/.exec(event)
      if (at) delaysMs.push((nowUs - Number(at[1])) / 1000)
    }
  })
  return delaysMs
}
