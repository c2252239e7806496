import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ExchangeRecord } from '../../src/exchange/exchange.ts'
import { toLine } from '../../src/exchange/line.ts'
import { uuidv7 } from '../../src/exchange/uuid.ts'
import { BodyStore } from '../../src/log/body-store.ts'
import { exchangeRecord } from './exchange-record.ts'

export interface KeptExchange {
  readonly request?: Buffer | string
  readonly response?: Buffer | string
  readonly record?: Parameters<typeof exchangeRecord>[0]
}

/** Writes exchanges with their bodies into a state folder, as a gateway does. @returns their records */
export async function keepExchanges(
  state: string,
  exchanges: readonly KeptExchange[],
): Promise<readonly ExchangeRecord[]> {
  const directory = join(state, 'bodies')
  const store = new BodyStore({
    directory,
    runId: uuidv7(),
    onTrouble: (reason) => {
      throw new Error(reason)
    },
  })
  const keep = (session: string | undefined, bytes: Buffer | string | undefined) => {
    const kept = bytes === undefined ? undefined : store.store(session, Buffer.from(bytes as Buffer))
    return kept && 'reference' in kept ? kept.reference : undefined
  }
  const records = exchanges.map(({ request, response, record }) => {
    const made = exchangeRecord({ ts: new Date().toISOString(), ...record })
    const request_body = keep(made.session_id, request)
    const response_body = keep(made.session_id, response)
    return {
      ...made,
      ...(request_body && { request_body }),
      ...(response_body && { response_body }),
    }
  })
  await store.close()
  appendRecords(state, records)
  return records
}

export function appendRecords(state: string, records: readonly ExchangeRecord[]): void {
  const traffic = join(state, 'traffic')
  mkdirSync(traffic, { recursive: true })
  const path = join(traffic, `${new Date().toISOString().slice(0, 10)}.jsonl`)
  appendFileSync(path, records.map(toLine).join(''))
}
