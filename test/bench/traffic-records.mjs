/** Made-up exchanges as Claude Code makes them: sessions that grow, subagents, errors, retries. Deterministic. */

const ACTIVE_SESSIONS = 6

/** USD per million tokens: input, output, 5m write, 1h write, cache read. Without rates the cost is unknown. */
const MODELS = [
  { name: 'claude-opus-5-5', share: 0.42, rates: [4, 20, 5, 8, 0.2] },
  { name: 'claude-sonnet-5-5', share: 0.26, rates: [2, 10, 2.5, 4, 0.1] },
  { name: 'claude-haiku-4-5-20251001', share: 0.2, rates: [1, 5, 1.25, 2, 0.1] },
  { name: 'claude-opus-4-8', share: 0.08, rates: [5, 25, 6.25, 10, 0.5] },
  { name: 'acme-large', share: 0.04 },
]

const PROJECTS = ['webshop', 'payments', 'infra', 'mobile-app', 'docs-site', 'data-pipeline']
const COST_CENTERS = ['4711', '4712', '9000']
const BRANCHES = ['main', 'feature/login', 'fix/race', 'release/2.4']
const USERS = ['ada', 'grace', 'linus']
const PROFILES = [
  { name: 'default', share: 0.7, upstream: 'https://api.anthropic.com', source: 'keychain' },
  { name: 'company', share: 0.25, upstream: 'https://llm.example.com/anthropic', source: 'command' },
  { name: 'staging', share: 0.05, upstream: 'https://llm-staging.example.com', source: 'env' },
]

/** What an exchange can become, with how often it does. */
const FATES = [
  { share: 0.925, kind: 'ok' },
  { share: 0.02, kind: 'retried' },
  { share: 0.015, kind: 'http_error', status: 429, type: 'rate_limit_error', retryAfter: '12' },
  { share: 0.01, kind: 'http_error', status: 529, type: 'overloaded_error' },
  { share: 0.005, kind: 'http_error', status: 400, type: 'invalid_request_error' },
  { share: 0.005, kind: 'upstream_error' },
  { share: 0.005, kind: 'truncated' },
  { share: 0.012, kind: 'client_aborted' },
  { share: 0.003, kind: 'refused' },
]

/**
 * Records in the order of their time, spread over `startMs` to `endMs`.
 * @param options how many `records`, Unix milliseconds, and the `seed` of the random numbers
 */
export function* trafficRecords({ records, startMs, endMs, seed = 1 }) {
  const random = randomNumbers(seed)
  const gapMs = (endMs - startMs) / records
  const sessions = Array.from({ length: ACTIVE_SESSIONS }, () => newSession(random, startMs))
  for (let index = 0; index < records; index += 1) {
    const atMs = Math.floor(startMs + (index + random.share()) * gapMs)
    const slot = random.below(ACTIVE_SESSIONS)
    if (sessions[slot].turns === 0) sessions[slot] = newSession(random, atMs)
    yield exchange(random, sessions[slot], atMs)
  }
}

/** The slim line of the same exchange. */
export function ledgerOf(record) {
  const { v, ts, id, run_id, session_id, agent_id, parent_agent_id, profile, user, tags } = record
  const { path, model, upstream_model, response_model, status, outcome, attempts } = record
  const { cost_usd, cost_usd_reason, ttft_ms, duration_ms, ms_per_token, credential } = record
  const who = { v, ts, id, run_id, session_id, agent_id, parent_agent_id, profile, user, tags }
  const retries = attempts && attempts.length - (record.answered_by === 'upstream' ? 0 : 1)
  const models = { model, upstream_model, response_model }
  const what = { path, ...models, status, outcome, retries: retries || undefined }
  const cost = { usage: slimUsage(record.usage), cost_usd, cost_usd_reason }
  return { ...who, ...what, ...cost, ttft_ms, duration_ms, ms_per_token, credential }
}

function slimUsage(usage) {
  if (!usage) return usage
  const { cache_creation: split, server_tool_use: _, service_tier: _tier, ...counters } = usage
  const kept = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== 0))
  const writes = kept(split)
  return { ...kept(counters), ...(Object.keys(writes).length > 0 && { cache_creation: writes }) }
}

function newSession(random, atMs) {
  const profile = random.weighted(PROFILES)
  const project = random.of(PROJECTS)
  return {
    runId: random.uuidv7(atMs),
    id: random.uuid(),
    profile,
    model: random.weighted(MODELS),
    turns: 5 + random.below(120),
    context: 12_000 + random.below(8_000),
    user: random.of(USERS),
    tags: {
      project,
      repository: `shop/${project}`,
      branch: random.of(BRANCHES),
      ...(random.share() < 0.8 && { cost_center: random.of(COST_CENTERS) }),
    },
    agents: [random.hex(8), random.hex(8)],
  }
}

function exchange(random, session, atMs) {
  session.turns -= 1
  const fate = random.weighted(FATES)
  const isSubagent = random.share() < 0.2
  const isCount = !isSubagent && random.share() < 0.04
  const asked = isSubagent && random.share() < 0.5 ? MODELS[2] : session.model
  const call = { random, session, atMs, fate, model: asked, isSubagent, isCount }
  return { ...headOf(call), ...answerOf(call), ...headersOf(call) }
}

function headOf({ random, session, atMs, model, isSubagent, isCount }) {
  return {
    v: 1,
    ts: new Date(atMs).toISOString(),
    id: random.uuidv7(atMs),
    run_id: session.runId,
    session_id: session.id,
    ...(isSubagent && { agent_id: random.of(session.agents) }),
    ...(isSubagent && random.share() < 0.1 && { parent_agent_id: session.agents[0] }),
    profile: session.profile.name,
    upstream: session.profile.upstream,
    user: session.user,
    host: `${session.user}-laptop`,
    tags: session.tags,
    method: 'POST',
    path: isCount ? '/v1/messages/count_tokens' : '/v1/messages',
    query: 'beta=true',
    model: model.name,
    ...(!isCount && { stream: true }),
  }
}

function answerOf(call) {
  const { fate, isCount } = call
  if (fate.kind === 'refused') return refusal(call)
  if (fate.kind === 'upstream_error') return noAnswer(call)
  if (fate.kind === 'http_error') return httpError(call)
  return isCount ? counted(call) : message(call)
}

function refusal({ random }) {
  return {
    answered_by: 'claude-gw',
    client_status: 401,
    outcome: 'refused',
    request_bytes: 0,
    response_bytes: 312,
    duration_ms: tenths(random.share() * 2),
    error: { type: 'authentication_error', message: 'claude-gw: this request carries no token of this run' },
  }
}

function noAnswer({ random, session }) {
  const durationMs = tenths(100 + random.share() * 9_000)
  return {
    answered_by: 'claude-gw',
    client_status: 502,
    outcome: 'upstream_error',
    attempts: [{ duration_ms: durationMs, reason: 'ECONNRESET' }],
    request_bytes: session.context * 4,
    response_bytes: 420,
    duration_ms: durationMs,
    error: { type: 'api_error', message: `claude-gw: ${session.profile.upstream} closed the connection` },
    credential: { source: session.profile.source },
  }
}

function httpError({ random, session, fate }) {
  const durationMs = tenths(80 + random.share() * 700)
  return {
    status: fate.status,
    answered_by: 'upstream',
    outcome: 'http_error',
    request_bytes: session.context * 4,
    response_bytes: 180 + random.below(200),
    ttfb_ms: tenths(durationMs * 0.98),
    duration_ms: durationMs,
    request_id: `req_${random.hex(24)}`,
    ...(fate.retryAfter && { retry_after: fate.retryAfter }),
    error: { type: fate.type, message: `upstream said ${fate.status}: "try again\\later" ü` },
    credential: { source: session.profile.source },
  }
}

function counted({ random, session }) {
  const durationMs = tenths(90 + random.share() * 250)
  return {
    status: 200,
    answered_by: 'upstream',
    outcome: 'ok',
    request_bytes: session.context * 4,
    response_bytes: 24,
    ttfb_ms: tenths(durationMs * 0.97),
    duration_ms: durationMs,
    request_id: `req_${random.hex(24)}`,
    credential: { source: session.profile.source },
  }
}

function message(call) {
  const { random, session, fate, model } = call
  const usage = nextUsage(call)
  const isWhole = fate.kind !== 'truncated' && fate.kind !== 'client_aborted'
  const attempts = fate.kind === 'retried' ? retriedAttempts(random) : undefined
  const before = attempts ? attempts[0].duration_ms : 0
  const ttfbMs = tenths(before + 250 + random.share() * 900)
  const ttftMs = tenths(ttfbMs + 20 + random.share() * 1_500)
  const durationMs = tenths(ttftMs + usage.output_tokens * (8 + random.share() * 14))
  return {
    response_model: model.name,
    status: 200,
    answered_by: 'upstream',
    outcome: isWhole ? 'ok' : fate.kind,
    ...(attempts && { attempts }),
    request_bytes: session.context * 4 + random.below(2_000),
    response_bytes: 900 + usage.output_tokens * 34,
    ttfb_ms: ttfbMs,
    ttft_ms: ttftMs,
    duration_ms: durationMs,
    ...(isWhole && { ms_per_token: tenths(durationMs / usage.output_tokens) }),
    usage,
    ...costOf(model, usage),
    ...(isWhole && { stop_reason: random.share() < 0.7 ? 'tool_use' : 'end_turn' }),
    request_id: `req_${random.hex(24)}`,
    credential: { source: session.profile.source },
  }
}

function retriedAttempts(random) {
  return [{ status: 529, duration_ms: tenths(60 + random.share() * 300), reason: 'HTTP 529' }]
}

function nextUsage({ random, session, isSubagent }) {
  const written = 200 + random.below(3_000)
  const read = isSubagent ? 9_000 + random.below(9_000) : session.context
  if (!isSubagent) session.context = Math.min(session.context + written, 190_000)
  const isLong = random.share() < 0.3
  return {
    input_tokens: 2 + random.below(40),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    cache_creation: {
      ephemeral_5m_input_tokens: isLong ? 0 : written,
      ephemeral_1h_input_tokens: isLong ? written : 0,
    },
    output_tokens: 20 + random.below(random.share() < 0.1 ? 6_000 : 700),
    server_tool_use: { web_search_requests: 0 },
    service_tier: 'standard',
  }
}

function costOf({ name, rates }, usage) {
  if (!rates) return { cost_usd: null, cost_usd_reason: `no price for the model ${name}` }
  const [input, output, write5m, write1h, read] = rates
  const millionths =
    usage.input_tokens * input +
    usage.output_tokens * output +
    usage.cache_creation.ephemeral_5m_input_tokens * write5m +
    usage.cache_creation.ephemeral_1h_input_tokens * write1h +
    usage.cache_read_input_tokens * read
  return {
    cost_usd: Math.round(millionths * 1_000) / 1e9,
    price: { table: '2026-10-09', source: 'built-in' },
  }
}

function headersOf({ fate }) {
  return {
    request_headers: {
      'anthropic-version': '2023-06-01',
      'user-agent': 'claude-cli/2.1.197 (external, cli)',
    },
    ...(!['refused', 'upstream_error'].includes(fate.kind) && {
      response_headers: { 'content-type': 'text/event-stream', server: 'cloudflare' },
    }),
  }
}

function tenths(number) {
  return Math.round(number * 10) / 10
}

/** Mulberry32: small, fast, and the same everywhere. */
function randomNumbers(seed) {
  let state = seed >>> 0
  const bits = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const share = () => bits() / 2 ** 32
  const below = (limit) => Math.floor(share() * limit)
  const of = (list) => list[below(list.length)]
  const hex = (length) => {
    let text = ''
    while (text.length < length) text += bits().toString(16).padStart(8, '0')
    return text.slice(0, length)
  }
  return { share, below, of, hex, weighted: weightedOf(share), uuid: uuidOf(hex), uuidv7: uuidv7Of(hex) }
}

function weightedOf(share) {
  return (list) => {
    let left = share()
    for (const item of list) {
      left -= item.share
      if (left < 0) return item
    }
    return list[0]
  }
}

function uuidOf(hex) {
  return () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`
}

/** RFC 9562 section 5.7. */
function uuidv7Of(hex) {
  return (atMs) => {
    const time = atMs.toString(16).padStart(12, '0')
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-a${hex(3)}-${hex(12)}`
  }
}
