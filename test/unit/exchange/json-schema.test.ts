import { expect, test } from 'vitest'
import { jsonSchema } from '../../../src/exchange/json-schema.ts'
import { exchangeRecord } from '../../support/exchange-record.ts'
import { validLedgerLine, validRecord } from '../../support/record-schema.ts'

const ledgerLine = {
  v: 1,
  ts: '2026-11-20T14:03:22.120Z',
  id: '01a1fbaa-d428-7073-a5df-80e0ef9a6cc8',
  run_id: '01a1fbaa-0000-7000-8000-000000000000',
  profile: 'default',
  path: '/v1/messages',
  outcome: 'ok',
  usage: null,
  cost_usd: null,
  cost_usd_reason: 'no price',
  duration_ms: 12.5,
  credential: { source: 'keychain' },
}

test('a record is as the schema says', () => {
  expect(() => validRecord(exchangeRecord())).not.toThrow()
})

test.each([
  ['a misspelt field', { durration_ms: 1 }],
  ['a field within a field that is misspelt', { error: { type: 'x', mesage: 'y' } }],
  ['a time of another form', { ts: '2026-11-20 14:03:22' }],
  ['a duration below zero', { duration_ms: -1 }],
  ['a size that is no whole number', { request_bytes: 1.5 }],
  ['an outcome that there is not', { outcome: 'fine' }],
  ['a version to come', { v: 2 }],
  ['a tag that is no text', { tags: { project: 3 } }],
  ['a reference to a body without its length', { request_body: { file: 'a', offset: 0, crc32: 1 } }],
])('%s is found', (_, change) => {
  expect(() => validRecord({ ...exchangeRecord(), ...change })).toThrow('not as the schema says')
})

test('a line of the ledger has fewer fields, and those as in a record', () => {
  expect(() => validLedgerLine(ledgerLine)).not.toThrow()
  expect(() => validLedgerLine({ ...ledgerLine, upstream: 'https://x' })).toThrow('not as the schema says')
  expect(() => validLedgerLine({ ...ledgerLine, tags: { other: 'x' } })).toThrow('not as the schema says')
  expect(() => validLedgerLine({ ...ledgerLine, retries: 0 })).toThrow('not as the schema says')
})

test('every field is described', () => {
  const bare: string[] = []
  const look = (schema: Readonly<Record<string, unknown>>, place: string) => {
    for (const [name, field] of Object.entries(
      (schema['properties'] ?? {}) as Record<string, typeof schema>,
    )) {
      if (typeof field['description'] !== 'string') bare.push(`${place}.${name}`)
      look(field, `${place}.${name}`)
    }
  }
  look(jsonSchema() as Readonly<Record<string, unknown>>, '')
  expect(bare).toEqual([])
})
