import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { GatewayError, reasonOf } from '../../base/errors.ts'
import { trafficDirectory } from '../../config/paths.ts'
import type { ExchangeRecord } from '../../exchange/exchange.ts'
import { readAsked } from '../../gateway/asked.ts'
import { isModelCall } from '../../gateway/model-call.ts'
import { isCoded } from '../../gateway/request-body.ts'
import type { PolicyRequest } from '../../policies/policy.ts'
import type { Context } from '../context.ts'
import { findExchange } from '../logs/found-exchanges.ts'
import { findBody, notKept } from '../logs/kept-body.ts'
import { escapeControls } from '../output.ts'

/** A request that policies are tried on. */
export interface TestRequest {
  readonly request: PolicyRequest
  /** Whether policies are asked about its body. */
  readonly isPoliced: boolean
  /** What is to be known of it. */
  readonly notes: readonly string[]
  /** The exchange that it was sent in. */
  readonly record?: ExchangeRecord
}

/**
 * Reads it from a file, from stdin (`-`), or from the log, by the id of its exchange.
 * @throws GatewayError USAGE, RECORD_NOT_FOUND, BODY_NOT_KEPT
 */
export async function readTestRequest(context: Context, name: string): Promise<TestRequest> {
  if (name === '-') return ofBody(await buffer(process.stdin))
  const path = resolve(context.cwd, name)
  if (existsSync(path)) return ofBody(readFile(path))
  if (!/^[\da-f-]{4,36}$/i.test(name))
    throw new GatewayError('USAGE', {
      reason: `there is no file ${path}, and \`${escapeControls(name)}\` is no id of an exchange`,
    })
  return ofExchange(context, findExchange(context, trafficDirectory(context.stateDirectory()), name).record)
}

function readFile(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new GatewayError('USAGE', { reason: `${path} cannot be read: ${reasonOf(error)}` })
  }
}

function ofBody(body: Buffer): TestRequest {
  const request = { path: '/v1/messages', body, isEncoded: false, ...readAsked(body) }
  return { request, isPoliced: true, notes: [] }
}

async function ofExchange(context: Context, record: ExchangeRecord): Promise<TestRequest> {
  const kept = await findBody(context, record, 'request')
  if ('reason' in kept) throw notKept(record, 'request', kept)
  const { path, session_id: session, agent_id: agent } = record
  const isEncoded = isCoded(record.request_headers?.['content-encoding'])
  const { maxTokens } = isEncoded ? {} : readAsked(kept.bytes)
  // An alias has put another name into the body.
  const model = typeof record.model === 'string' ? record.model : undefined
  const request = { path, body: kept.bytes, isEncoded, model, maxTokens, session, agent }
  const isPoliced = isModelCall(record.method, path)
  const notes = isPoliced ? [...codingNotes(isEncoded), ...changeNotes(record)] : [otherCallNote(record)]
  return { request, isPoliced, record, notes }
}

function otherCallNote({ method, path }: ExchangeRecord): string {
  const call = escapeControls(`${method} ${path}`)
  return `policies look into requests for a message and for the count of its tokens; of \`${call}\` they judge the path alone`
}

function codingNotes(isEncoded: boolean): string[] {
  return isEncoded ? ['the body of this request is compressed, so that policies cannot look into it'] : []
}

/** Bodies are kept as the upstream saw them. */
function changeNotes({ policy = [] }: ExchangeRecord): string[] {
  const changing = policy.filter(({ action }) => action === 'mask' || action === 'decorate')
  if (changing.length === 0) return []
  return [`this request is kept as the upstream saw it, after ${changing.map(({ rule }) => rule).join(', ')}`]
}
