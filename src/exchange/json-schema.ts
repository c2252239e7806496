import { RECORD_FIELDS, REQUIRED_FIELDS } from './record-schema.ts'
import type { Described } from './schema-parts.ts'
import { count, objectOf, text } from './schema-parts.ts'

const LEDGER_REQUIRED = ['v', 'ts', 'id', 'run_id', 'profile', 'path', 'outcome', 'duration_ms'] as const
const LEDGER_OPTIONAL = [
  'session_id',
  'agent_id',
  'parent_agent_id',
  'user',
  'model',
  'upstream_model',
  'response_model',
  'status',
  'cost_usd',
  'cost_usd_reason',
  'ttft_ms',
  'ms_per_token',
] as const

/**
 * The JSON Schema (https://json-schema.org/draft/2020-12/schema) of a line of the traffic log, and as `#/$defs/ledger` of a
 * line of the ledger. A name that it does not know is an error.
 */
export function jsonSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'claude-gw: one exchange, a line of the traffic log',
    ...objectOf(
      'Times are RFC 3339 in UTC, durations milliseconds, sizes bytes, money US dollars. A field that does not apply is absent; one that could not be known is null, with its reason beside it.',
      RECORD_FIELDS,
      REQUIRED_FIELDS,
    ),
    $defs: { ledger: ledgerSchema() },
  }
}

function ledgerSchema(): Described {
  const names = [...LEDGER_REQUIRED, ...LEDGER_OPTIONAL]
  const fields = {
    ...Object.fromEntries(names.map((name) => [name, RECORD_FIELDS[name]])),
    tags: objectOf('Where the cost belongs.', ledgerTags(), []),
    retries: { ...count('Number of attempts before the answer.'), minimum: 1 },
    usage: {
      ...RECORD_FIELDS.usage,
      description: 'The counters that prices need, in tokens, without zeros.',
    },
    credential: objectOf('Which credential was sent.', { source: text('The kind of place.') }, ['source']),
  }
  return objectOf('One exchange, a line of the ledger.', fields, LEDGER_REQUIRED)
}

function ledgerTags(): Readonly<Record<string, Described>> {
  return {
    project: text('Project.'),
    cost_center: text('Cost centre.'),
    branch: text('Branch of the repository.'),
    repository: text('Repository.'),
  }
}
