import type { ExchangeRecord } from '../exchange/exchange.ts'

/** The fields of a record that say where its bodies are, or why they are not kept. */
export type BodyFields = Pick<
  ExchangeRecord,
  'request_body' | 'request_body_reason' | 'response_body' | 'response_body_reason'
>
