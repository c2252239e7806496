import { GatewayError, reasonOf } from '../../base/errors.ts'
import { bodiesDirectory } from '../../config/paths.ts'
import type { BodyReference, ExchangeRecord } from '../../exchange/exchange.ts'
import type { FoundBody, Lack } from '../../log/body-reader.ts'
import { readBodies, readBody } from '../../log/body-reader.ts'
import { decodeWhole } from '../../usage/decode-whole.ts'
import type { Context } from '../context.ts'
import { escapeControls } from '../output.ts'
import type { Side } from './sides.ts'
import { SIDES } from './sides.ts'

/** A body as it was kept, or why it is not there. */
export async function findBody(context: Context, record: ExchangeRecord, side: Side): Promise<FoundBody> {
  const reference = referenceOf(record, side)
  if (!reference) return noBody(record, side)
  return readBody(bodiesDirectory(context.stateDirectory()), reference)
}

/** That a body is not there, and what makes it be there the next time. */
export function notKept({ id }: ExchangeRecord, side: Side, { reason, kind }: Lack): GatewayError {
  const remedy = REMEDIES[kind ?? 'never']
  return new GatewayError('BODY_NOT_KEPT', {
    side,
    id: escapeControls(id),
    reason: escapeControls(reason),
    remedy,
  })
}

const REMEDIES = {
  never: 'keep whole bodies from now on with `claude-gw config set log.level full`',
  refused: '`claude-gw logs show` has what refused it; `claude-gw policy test` takes a body from a file too',
  lost: 'if it is not there in a moment, it is lost; its record is whole, and later bodies are kept',
  gone: 'keep them longer with the keys `log.retention.days` and `log.retention.bytes`',
  unreadable: 'it is lost unless the file can be restored; `claude-gw doctor` looks at the disk',
} as const

/** Both bodies of an exchange. */
export type BothBodies = Readonly<Record<Side, FoundBody>>

/** Those of one exchange. */
export async function findBothBodies(context: Context, record: ExchangeRecord): Promise<BothBodies> {
  const [found] = await findBodies(context, [record])
  return found as BothBodies
}

/** Those of several exchanges, in their order, with one pass over each file. */
export async function findBodies(
  context: Context,
  records: readonly ExchangeRecord[],
): Promise<readonly BothBodies[]> {
  const directory = bodiesDirectory(context.stateDirectory())
  const all = records.map((record) => ({
    request: noBody(record, 'request'),
    response: noBody(record, 'response'),
  }))
  const references = records.flatMap((record, index) =>
    SIDES.flatMap((side) => {
      const reference = referenceOf(record, side)
      return reference ? [{ ...reference, side, both: all[index] as Record<Side, FoundBody> }] : []
    }),
  )
  for (const file of new Set(references.map((reference) => reference.file))) {
    const inFile = references.filter((reference) => reference.file === file)
    for await (const { reference, found } of readBodies(directory, file, inFile))
      reference.both[reference.side] = found
  }
  return all
}

/** Where it is kept; a line of the log can hold anything. */
export function referenceOf(record: ExchangeRecord, side: Side): BodyReference | undefined {
  const reference = record[`${side}_body`]
  return typeof reference === 'object' && reference !== null ? reference : undefined
}

/** The bytes without the coding in which they went over the wire. */
export function decodeBody(record: ExchangeRecord, side: Side, bytes: Buffer): Promise<FoundBody> {
  return decodeFrom(codingOf(record, side), bytes)
}

/** In which coding a body is kept. */
export function codingOf(record: ExchangeRecord, side: Side): string | undefined {
  if (referenceOf(record, side)?.decoded === true) return undefined
  return record[`${side}_headers`]?.['content-encoding']
}

/** The same for who has no record at hand. */
export async function decodeFrom(coding: string | undefined, bytes: Buffer): Promise<FoundBody> {
  try {
    return { bytes: await decodeWhole(bytes, coding) }
  } catch (error) {
    return { reason: `it cannot be decoded: ${reasonOf(error)}` }
  }
}

function noBody(record: ExchangeRecord, side: Side): FoundBody {
  const reason = record[`${side}_body_reason`]
  if (record.outcome === 'refused' && !record[`${side}_body`])
    return { reason: 'it was refused here, and what is not sent is not kept', kind: 'refused' }
  if (record[`${side}_body`] !== null) return { reason: 'there was none, or `log.level` did not say so then' }
  return { reason: typeof reason === 'string' ? reason : 'nobody knows why' }
}
