/** An attribute as OTLP has it in JSON: 64-bit integers are texts (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). */
export interface KeyValue {
  readonly key: string
  readonly value: AnyValue
}

export type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } }

type Plain = string | number | boolean | readonly string[] | null | undefined

/** The attributes that have a value. */
export function attributesOf(values: Readonly<Record<string, Plain>>): readonly KeyValue[] {
  return Object.entries(values).flatMap(([key, value]) => {
    if (value === undefined || value === null || (typeof value === 'number' && !Number.isFinite(value)))
      return []
    return [{ key, value: anyValue(value) }]
  })
}

function anyValue(value: NonNullable<Plain>): AnyValue {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value !== 'number')
    return { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } }
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

/** Nanoseconds since the epoch, as a text. */
export function unixNano(ms: number): string {
  const whole = Math.floor(ms)
  return String(BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6)))
}
