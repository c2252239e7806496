import { Ajv2020 } from 'ajv/dist/2020.js'
import { jsonSchema } from '../../src/exchange/json-schema.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const DATE = /^\d{4}-\d{2}-\d{2}$/

const ajv = new Ajv2020({ allowUnionTypes: true, allErrors: true, formats: { uuid: UUID, date: DATE } })
const isRecord = ajv.addSchema(jsonSchema(), 'record').getSchema('record')
const isLedgerLine = ajv.getSchema('record#/$defs/ledger')

/** The record itself. @throws where the schema that ships does not allow it */
export function validRecord<T>(record: T): T {
  return validated(isRecord, record)
}

/** The same for a line of the ledger. */
export function validLedgerLine<T>(line: T): T {
  return validated(isLedgerLine, line)
}

function validated<T>(isValid: typeof isRecord, value: T): T {
  const written = JSON.parse(JSON.stringify(value))
  if (isValid?.(written)) return value
  throw new Error(`not as the schema says: ${ajv.errorsText(isValid?.errors)} in ${JSON.stringify(written)}`)
}
