import { isUtf8 } from 'node:buffer'
import { GatewayError } from '../../base/errors.ts'
import type { ExchangeRecord } from '../../exchange/exchange.ts'
import type { Context } from '../context.ts'
import { escapeControls, print } from '../output.ts'
import { decodeBody, findBody, notKept, referenceOf } from './kept-body.ts'
import type { Side } from './sides.ts'

export interface RawInput {
  readonly side: Side
  /** Without the coding of the wire. */
  readonly isDecoded: boolean
}

/**
 * Prints a kept body: the exact bytes into a pipe, and on a terminal a text whose control characters cannot act.
 * @throws GatewayError BODY_NOT_KEPT, BODY_NO_TEXT
 */
export async function printRawBody(context: Context, record: ExchangeRecord, input: RawInput): Promise<void> {
  const { stdout, stderr, options } = context
  const { side, isDecoded } = input
  const found = await findBody(context, record, side)
  const wanted = 'bytes' in found && isDecoded ? await decodeBody(record, side, found.bytes) : found
  if ('reason' in wanted) throw notKept(record, side, wanted)
  const text = stdout.isTTY ? shownText(wanted.bytes) : undefined
  if (stdout.isTTY && text === undefined) throw new GatewayError('BODY_NO_TEXT', { side, id: record.id })
  const note = noteOf(record, side)
  if (note && !options.isQuiet) stderr.write(`claude-gw: ${note}\n`)
  await print(stdout, text === undefined ? wanted.bytes : `${text}\n`)
}

/** Undefined for what is no text, such as an image or what is compressed. */
function shownText(bytes: Buffer): string | undefined {
  if (!isUtf8(bytes) || bytes.includes(0)) return undefined
  const lines = bytes.toString().replace(/\n$/, '').split(/\r?\n/)
  return lines.map((line) => line.split('\t').map(escapeControls).join('\t')).join('\n')
}

/** Says where the bytes are not those of the wire. */
function noteOf(record: ExchangeRecord, side: Side): string | undefined {
  const { redacted, decoded } = referenceOf(record, side) ?? {}
  if (!redacted) return decoded ? `this ${side} was compressed on the wire, and is kept decoded` : undefined
  const values = redacted === 1 ? '1 value is' : `${redacted} values are`
  return `${values} masked in this ${side}${decoded ? ', which was compressed on the wire' : ''}`
}
