import type { BodyReference, ExchangeRecord } from './exchange.ts'
import { POLICY_ACTIONS } from './exchange.ts'
import type { Described } from './schema-parts.ts'
import {
  count,
  listOf,
  MODELS,
  milliseconds,
  nullable,
  OUTCOMES,
  objectOf,
  size,
  text,
  textMap,
  timestamp,
  uuid,
} from './schema-parts.ts'

/** The fields of a record, with their units; the JSON Schema that ships is made of them. */
export const RECORD_FIELDS = {
  v: { const: 1, description: 'Version of this schema.' },
  ts: timestamp('When the head of the request arrived.'),
  id: uuid('UUIDv7 of the exchange (RFC 9562).'),
  run_id: uuid('The same for all exchanges of one `run` or `serve`.'),
  session_id: text('Session of Claude Code, from its request header.'),
  agent_id: text('Subagent of that session.'),
  parent_agent_id: text('The agent that started the subagent.'),
  profile: text('Profile of claude-gw that was in use.'),
  upstream: text('Origin and path prefix of the upstream.'),
  user: text('User name on the machine.'),
  host: text('Name of the machine.'),
  tags: textMap('Tags: `project`, `cost_center`, `repository`, `branch` and your own.'),
  method: text('HTTP method.'),
  path: text('Path below the prefix of the upstream, without the query.'),
  query: text('Query, without its question mark.'),
  ...MODELS,
  stream: { type: 'boolean', description: 'Whether a stream was asked for.' },
  status: { ...count('HTTP status of the upstream; absent if none answered.'), minimum: 100, maximum: 999 },
  answered_by: { enum: ['upstream', 'claude-gw'], description: 'Whose answer the client got.' },
  client_status: { ...count('HTTP status of our own answer.'), minimum: 100, maximum: 999 },
  outcome: OUTCOMES,
  attempts: listOf(
    'Attempts that had no answer that counted, in their order.',
    objectOf(
      'One attempt.',
      {
        status: count('HTTP status.'),
        duration_ms: milliseconds('How long it took.'),
        reason: text('Why it was not the answer.'),
      },
      ['duration_ms'],
    ),
  ),
  policy: listOf(
    'What policies found or did, without the text that they found.',
    objectOf(
      'One rule.',
      {
        rule: text('Name of the policy and of its rule.'),
        action: {
          enum: POLICY_ACTIONS,
          description: '`flag` only counts; `limit` and `deny` reject the request, or end the answer.',
        },
        count: count('How often it applied.'),
      },
      ['rule', 'action', 'count'],
    ),
  ),
  request_bytes: size('Body of the request as the client sent it.'),
  response_bytes: size('Body of the answer as it was handed to the client, encoded.'),
  ttfb_ms: milliseconds('From the last byte of the request to the first of the answer.'),
  ttft_ms: milliseconds('From the last byte of the request to the first token of a streamed answer.'),
  duration_ms: milliseconds('From the last byte of the request to the end.'),
  ms_per_token: milliseconds('`duration_ms` over the tokens of the answer.'),
  usage: {
    type: ['object', 'null'],
    description: 'The counters of the API as it sent them, in tokens; null where they could not be read.',
  },
  usage_reason: text('Why the counters are null, or not final.'),
  cost_usd: {
    type: ['number', 'null'],
    minimum: 0,
    description: 'Cost in US dollars; null where it could not be known.',
  },
  cost_usd_reason: text('Why the cost is null.'),
  price: objectOf(
    'Where the prices came from.',
    {
      table: { type: 'string', format: 'date', description: 'Date of the price table.' },
      source: text('`built-in`, or the path of your own table.'),
    },
    ['table', 'source'],
  ),
  stop_reason: text('Why the answer ended, in the words of the API.'),
  request_id: text('Id that the upstream gave the request.'),
  retry_after: text('Header of that name as the upstream sent it: seconds, or a date.'),
  ratelimit: textMap('The `anthropic-ratelimit-*` headers, without that prefix.'),
  error: objectOf(
    'What went wrong.',
    { type: text('Error type of the API.'), message: text('What was said about it.') },
    ['type', 'message'],
  ),
  credential: objectOf(
    'Which credential was sent; never its value.',
    {
      source: text('The kind of place it came from.'),
      refreshed: { type: 'boolean', description: 'Whether it was fetched again for this exchange.' },
    },
    ['source'],
  ),
  request_headers: textMap('Request headers of an allow-list, by lower-case name.'),
  response_headers: textMap('Response headers of an allow-list, by lower-case name.'),
  request_body: bodyReference('Where the body of the request is kept; null where it could not be.'),
  request_body_reason: text('Why it is null.'),
  response_body: bodyReference('Where the body of the answer is kept; null where it could not be.'),
  response_body_reason: text('Why it is null.'),
  redacted: count('How many values were masked in this line.'),
} as const satisfies Readonly<Record<keyof ExchangeRecord, Described>>

/** Those that no record lacks. */
export const REQUIRED_FIELDS = [
  'v',
  'ts',
  'id',
  'run_id',
  'profile',
  'upstream',
  'method',
  'path',
  'answered_by',
  'outcome',
  'request_bytes',
  'response_bytes',
  'duration_ms',
] as const satisfies readonly (keyof ExchangeRecord)[]

function bodyReference(description: string): Described {
  const fields = {
    file: text('File, relative to the folder of the bodies.'),
    offset: size('Where the body begins in what the file holds once it is decompressed.'),
    length: size('How long it is there.'),
    crc32: count('Checksum of the kept bytes (RFC 1952 section 8).'),
    redacted: count('How many values are masked in it; without this, it is kept byte for byte.'),
    decoded: { const: true, description: 'It was compressed, and is kept as what it decodes to.' },
  } satisfies Record<keyof BodyReference, Described>
  return nullable(objectOf(description, fields, ['file', 'offset', 'length', 'crc32']))
}
