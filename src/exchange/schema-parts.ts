/** A JSON Schema (draft 2020-12) that says what its value is. */
export interface Described {
  readonly description: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Described>>
  readonly [keyword: string]: unknown
}

export const OUTCOMES = {
  enum: ['ok', 'http_error', 'upstream_error', 'truncated', 'client_aborted', 'refused'],
  description:
    '`ok` a whole answer below 400; `http_error` a whole one of 400 and up; `upstream_error` no answer; `truncated` it broke off; `client_aborted` the client left; `refused` it was not sent.',
} as const

/** The model under each of its names. */
export const MODELS = {
  model: {
    type: ['string', 'null'],
    description: 'Model that was asked for; null where it could not be read.',
  },
  model_reason: text('Why the model is null.'),
  upstream_model: text('Name that an alias put in its place.'),
  response_model: text('Model that answered.'),
} as const

export function text(description: string): Described {
  return { type: 'string', description }
}

export function uuid(description: string): Described {
  return { type: 'string', format: 'uuid', description }
}

/** As `Date.toISOString` writes it. */
export function timestamp(description: string): Described {
  const pattern = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$'
  return { type: 'string', pattern, description: `${description} RFC 3339, UTC.` }
}

export function count(description: string): Described {
  return { type: 'integer', minimum: 0, description }
}

export function size(description: string): Described {
  return { type: 'integer', minimum: 0, description: `${description} Bytes.` }
}

export function milliseconds(description: string): Described {
  return { type: 'number', minimum: 0, description: `${description} Milliseconds.` }
}

export function textMap(description: string): Described {
  return { type: 'object', additionalProperties: { type: 'string' }, description }
}

export function listOf(description: string, items: Described): Described {
  return { type: 'array', items, description }
}

/** Other names than those of `properties` are errors. */
export function objectOf(
  description: string,
  properties: Readonly<Record<string, Described>>,
  required: readonly string[],
): Described {
  return { type: 'object', description, properties, required, additionalProperties: false }
}

export function nullable(schema: Described): Described {
  return { ...schema, type: [schema.type, 'null'].flat() as string[] }
}
