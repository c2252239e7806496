import type { GatewayError } from '../base/errors.ts'
import { parseJson } from './map-kind.ts'
import type { ConfigKey } from './schema.ts'
import { keyOf } from './schema.ts'
import { badValue, shownValue } from './value-error.ts'

/** Where a text stands that a key does not take. */
export interface TextPlace {
  readonly origin: string
  readonly key: ConfigKey
  /** Of the key, or of an entry of it. */
  readonly name: string
}

/** What is wrong with it. @param json that it holds */
export function textFault(
  { origin, key, name }: TextPlace,
  text: string,
  json: unknown = parseJson(text),
): GatewayError {
  const { expected, entries, misfit, explain } = keyOf(key).kind
  if ((entries || misfit) && json === undefined)
    return badValue(origin, name, expected, 'a text that is no JSON')
  return (
    explain?.(json, () => origin) ?? badValue(origin, name, expected, misfit?.(json) ?? shownValue(key, text))
  )
}
