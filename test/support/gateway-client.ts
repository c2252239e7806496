import { createHash } from 'node:crypto'
import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import { request as httpRequest } from 'node:http'
import type { TestGateway } from './gateway.ts'
import { TOKEN } from './gateway.ts'

/** All that a client has to know of a gateway. */
type Listening = Pick<TestGateway, 'port'>

export type HeaderPairs = readonly (readonly [name: string, value: string])[]

/** A request; the default is a small POST that the gateway lets in. */
export interface Ask {
  readonly method?: string
  readonly path?: string
  /** Behind Host and the token of the gateway. */
  readonly headers?: HeaderPairs
  readonly body?: Buffer | string
  /** Bytes per write; all at once if absent. */
  readonly writeBytes?: number
  readonly framing?: 'length' | 'chunked'
  /** Undefined shows the token of the gateway as a bearer. */
  readonly access?: HeaderPairs
}

export interface Reply {
  readonly status: number
  readonly headers: HeaderPairs
  readonly body: Buffer
  /** False if the connection closed in the middle of the message. */
  readonly isWhole: boolean
}

/** Sends a request through the gateway and reads the answer, cut or not. Throws if no head of an answer came. */
export async function ask(gateway: Listening, parts: Ask = {}, agent?: Agent): Promise<Reply> {
  return readReply(await begin(gateway, parts, agent))
}

/** Settles with the head of the answer. */
export async function begin(gateway: Listening, parts: Ask, agent?: Agent): Promise<IncomingMessage> {
  const { method, path, headers, body } = withDefaults(parts)
  const request = httpRequest({
    host: '127.0.0.1',
    port: gateway.port,
    method,
    path,
    agent: agent ?? false,
    headers: headersOf(gateway, headers, parts, body) as unknown as string[],
  })
  const head = new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve).on('error', reject)
  })
  await writeBody(request, body, parts.writeBytes ?? body.length)
  return head
}

export async function readReply(answer: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = []
  answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => {})
  await new Promise((resolve) => answer.on('close', resolve))
  return {
    status: answer.statusCode ?? 0,
    headers: pairs(answer.rawHeaders),
    body: Buffer.concat(chunks),
    isWhole: answer.complete,
  }
}

/** The same request as it stands on the wire, for a raw connection. */
export function wireRequest(gateway: Listening, parts: Ask = {}): Buffer {
  const { method, path, headers, body } = withDefaults(parts)
  const flat = headersOf(gateway, headers, parts, body)
  const lines = pairs(flat).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1')
  if (parts.framing !== 'chunked') return Buffer.concat([head, body])
  const chunkHead = Buffer.from(`${body.length.toString(16)}\r\n`)
  return Buffer.concat([head, ...(body.length > 0 ? [chunkHead, body, CRLF] : []), Buffer.from('0\r\n\r\n')])
}

export function valuesOf(headers: HeaderPairs, name: string): string[] {
  return headers.filter(([given]) => given.toLowerCase() === name).map(([, value]) => value)
}

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

const CRLF = Buffer.from('\r\n')

function withDefaults({ method = 'POST', path = '/v1/messages', headers = [], body = '' }: Ask) {
  return { method, path, headers, body: Buffer.from(body as Buffer) }
}

function headersOf(gateway: Listening, headers: HeaderPairs, parts: Ask, body: Buffer): string[] {
  const access = parts.access ?? [['Authorization', `Bearer ${TOKEN}`]]
  const hasHost = headers.some(([name]) => name.toLowerCase() === 'host')
  const host: HeaderPairs = hasHost ? [] : [['Host', `127.0.0.1:${gateway.port}`]]
  return [...host, ...access, ...headers, ...framingOf(parts, body)].flat()
}

function framingOf({ framing, method = 'POST' }: Ask, body: Buffer): HeaderPairs {
  if (framing === 'chunked') return [['Transfer-Encoding', 'chunked']]
  return body.length > 0 || method === 'POST' ? [['Content-Length', String(body.length)]] : []
}

async function writeBody(request: ClientRequest, body: Buffer, size: number): Promise<void> {
  request.flushHeaders()
  for (let start = 0; start < body.length; start += size) {
    const hasRoom = request.write(body.subarray(start, start + size))
    if (!hasRoom || size < body.length) await new Promise((resolve) => setImmediate(resolve))
  }
  request.end()
}

function pairs(flat: readonly string[]): HeaderPairs {
  return Array.from(
    { length: flat.length / 2 },
    (_, i) => [flat[2 * i] ?? '', flat[2 * i + 1] ?? ''] as const,
  )
}
