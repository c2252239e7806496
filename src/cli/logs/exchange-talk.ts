import type { ExchangeRecord } from '../../exchange/exchange.ts'
import type { FoundBody } from '../../log/body-reader.ts'
import type { Context } from '../context.ts'
import type { Palette } from '../output.ts'
import { escapeControls } from '../output.ts'
import { shortSize } from '../text/quantity.ts'
import { conversationText } from './conversation.ts'
import { decodeBody, findBothBodies, referenceOf } from './kept-body.ts'
import type { Side } from './sides.ts'
import { SIDES } from './sides.ts'

const MOST_CELLS = 100
const LEAST_CELLS = 40

/** What is kept of the bodies of an exchange, and what was said in them; undefined where nothing was to be kept. */
export async function exchangeTalk(
  context: Context,
  record: ExchangeRecord,
  view: { readonly palette: Palette; readonly isFull: boolean },
): Promise<string | undefined> {
  if (SIDES.every((side) => record[`${side}_body`] === undefined)) return undefined
  const found = await findBothBodies(context, record)
  const request = await decoded(record, 'request', found.request)
  const response = await decoded(record, 'response', found.response)
  const width = Math.max(LEAST_CELLS, Math.min(context.stdout.columns || MOST_CELLS, MOST_CELLS))
  const talk = conversationText(
    { ...bytesOf('request', request), ...bytesOf('response', response) },
    { ...view, width },
  )
  const facts = [bodyFact(record, 'request', request), bodyFact(record, 'response', response)].filter(Boolean)
  const bodies = [view.palette.bold('Bodies'), ...facts].join('\n')
  return talk ? `${bodies}\n\n${talk}` : bodies
}

async function decoded(record: ExchangeRecord, side: Side, found: FoundBody): Promise<FoundBody> {
  return 'bytes' in found ? decodeBody(record, side, found.bytes) : found
}

function bytesOf(side: Side, found: FoundBody): { readonly [S in Side]?: Buffer } {
  return 'bytes' in found ? { [side]: found.bytes } : {}
}

function bodyFact(record: ExchangeRecord, side: Side, found: FoundBody): string | undefined {
  if (record[`${side}_body`] === undefined) return undefined
  const { redacted, length } = referenceOf(record, side) ?? {}
  const masked = redacted ? `, ${redacted} masked` : ''
  const text = 'reason' in found ? `not there: ${found.reason}` : `${shortSize(Number(length))} kept${masked}`
  return `  ${side.padEnd(10)}${escapeControls(text)}`
}
