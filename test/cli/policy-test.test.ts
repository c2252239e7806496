import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { ledgerLine } from '../../src/log/ledger.ts'
import { machineKey } from '../../src/policies/mask/machine-key.ts'
import type { CliOptions } from '../support/cli.ts'
import { runCli } from '../support/cli.ts'
import { exchangeRecord } from '../support/exchange-record.ts'
import { keepExchanges } from '../support/kept-bodies.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const ADDRESS = 'jane@example.org'
const BODY = JSON.stringify({
  model: 'claude-opus-4-8',
  system: [{ type: 'text', text: 'You are careful.' }],
  messages: [
    { role: 'user', content: `Write to ${ADDRESS}, please` },
    {
      role: 'assistant',
      content: [{ type: 'tool_use', id: 't1', name: 'Mail', input: { 'the address': ADDRESS } }],
    },
  ],
})

const MASK = { CLAUDE_GW_POLICIES_MASK_DETECT: '["email","us-ssn"]' }

async function policyTest(args: readonly string[], options: CliOptions = {}, home = temporaryDirectory()) {
  const env = { HOME: home, CLAUDE_GW_STATE_DIR: home, ...options.env }
  return runCli(['policy', 'test', ...args], { input: BODY, ...options, env })
}

describe('a request that is masked and decorated', () => {
  const env = { ...MASK, CLAUDE_GW_POLICIES_SYSTEM_APPEND: 'Be brief.' }

  test('is shown rule by rule and place by place, without its values', async () => {
    const { exitCode, stdout, stderr } = await policyTest(['-'], { env })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^\/v1\/messages · claude-opus-4-8 · \d+ B\n/)
    expect(stdout).toMatch(/^system\.append +decorate +1 +[\d.]+ms\n {4}system at \d+ → .*Be brief\./m)
    expect(stdout).toMatch(
      /^mask\.email +mask +2 +[\d.]+ms\n {4}messages\[0\]\.content \d+–\d+ → <EMAIL_[\da-f]{8}>\n {4}messages\[1\]\.content\[0\]\.input\["…"\] /m,
    )
    expect(stdout).toMatch(/^mask\.us-ssn +mask +0 /m)
    expect(stdout).toMatch(/It would be sent, changed: \d+ B\.\nLooking takes [\d.]+ms, one JSON\.parse/)
    expect(stdout).not.toContain(ADDRESS)
    expect(stdout).not.toContain('the address')
  })

  test.each([
    ['the page', [], (place: string) => `${place} `],
    ['the object', ['--json'], (place: string) => JSON.stringify(place)],
  ])('names of members that are no plain ones, or were found, are hidden in %s', async (_, args, shown) => {
    const input = { [ADDRESS]: { to: ADDRESS }, ACME123: { cc: ADDRESS } }
    const content = [{ type: 'tool_use', id: 't', name: 'T', input }]
    const options = {
      env: { ...MASK, CLAUDE_GW_POLICIES_GUARD_FLAG: '["ACME[0-9]+"]' },
      input: JSON.stringify({ model: 'm', messages: [{ role: 'assistant', content }] }),
    }
    const hidden = await policyTest(['-', ...args], options)
    expect(hidden.stdout).toContain(shown('messages[0].content[0].input["…"].to'))
    expect(hidden.stdout).toContain(shown('messages[0].content[0].input["…"].cc'))
    expect(hidden.stdout).not.toMatch(/ACME1|jane@/)
    const { stdout } = await policyTest(['-', '--text', ...args], options)
    expect(stdout).toContain(shown('messages[0].content[0].input.ACME123.cc'))
  })

  test('shows its values to who asks for them', async () => {
    expect((await policyTest(['-', '--text'], { env })).stdout).toContain(`${ADDRESS} → <EMAIL_`)
  })

  test('is one object for scripts, whose spans stand in the body', async () => {
    const report = JSON.parse((await policyTest(['-', '--json'], { env: MASK })).stdout)
    expect(report).toMatchObject({ path: '/v1/messages', model: 'claude-opus-4-8', sent: true })
    expect(report.bytes).toBe(BODY.length)
    const [email] = report.rules
    expect(email).toMatchObject({ rule: 'mask.email', action: 'mask', count: 2, cost_ms: expect.any(Number) })
    const texts = email.spans.map(({ start, end }: { start: number; end: number }) => BODY.slice(start, end))
    expect(texts).toEqual([ADDRESS, ADDRESS])
  })
})

test.each([
  [
    { CLAUDE_GW_POLICIES_GUARD_MODELS: '["!*opus*"]' },
    'guard.models',
    'asks for the model `claude-opus-4-8`',
  ],
  [{ ...MASK, CLAUDE_GW_POLICIES_MASK_MODE: 'deny' }, 'mask.email', '2 × email'],
])('with %j it would be refused, and the exit code says so', async (env, rule, reason) => {
  const { exitCode, stdout } = await policyTest(['-'], { env })
  expect(exitCode).toBe(1)
  expect(stdout).toContain(rule)
  expect(stdout).toContain('It would be refused: 4')
  expect(stdout).toContain(reason)
})

test('guards are shown pattern by pattern, and by their name where they have none', async () => {
  const env = {
    CLAUDE_GW_POLICIES_PATTERNS: '{"careful":"(?i)you are [a-z]+"}',
    CLAUDE_GW_POLICIES_MASK_DETECT: '["careful:flag"]',
    CLAUDE_GW_POLICIES_GUARD_DENY: '["jane@[a-z]+","SECRET"]',
    CLAUDE_GW_POLICIES_GUARD_FLAG: '["please"]',
  }
  const { exitCode, stdout } = await policyTest(['-'], { env })
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(
    /^guard\.deny "jane@\[a-z\]\+" +deny +2 +[\d.]+ms\n {4}messages\[0\]\.content \d+–\d+\n {4}messages\[1\]/m,
  )
  expect(stdout).toMatch(/^guard\.deny "SECRET" +deny +0 /m)
  expect(stdout).toMatch(/^guard\.flag "please" +flag +1 /m)
  expect(stdout).not.toMatch(/^guard\.deny +deny/m)
  const flagged = await policyTest(['-'], { env: { ...env, CLAUDE_GW_POLICIES_GUARD_DENY: '' } })
  expect(flagged.exitCode).toBe(0)
  expect(flagged.stdout).toMatch(/^mask\.careful +flag +1 +[\d.]+ms\n {4}system\[0\]\.text /m)
})

test('what is tried counts nowhere', async () => {
  const env = { CLAUDE_GW_POLICIES_LIMITS_RULES: '{"one":{"requests":1,"per":"hour"}}' }
  const home = temporaryDirectory()
  for (let time = 0; time < 3; time++) expect((await policyTest(['-'], { env }, home)).exitCode).toBe(0)
  expect(existsSync(join(home, 'ledger'))).toBe(false)
})

test('what is tried leaves nothing behind, and has the placeholders of a gateway where one has run', async () => {
  const home = temporaryDirectory()
  const placeholders = async () =>
    (await policyTest(['-'], { env: MASK }, home)).stdout.match(/<EMAIL_[\da-f]{8}>/g)
  const [unlike] = (await placeholders()) ?? []
  expect(readdirSync(home)).toEqual([])
  const key = machineKey(home).toString('hex')
  const [first, second] = (await placeholders()) ?? []
  expect(first).not.toBe(unlike)
  expect([second, ...((await placeholders()) ?? [])]).toEqual([first, first, first])
  expect(machineKey(home).toString('hex')).toBe(key)
})

test('of a logged exchange that is about no message only the path is judged', async () => {
  const home = temporaryDirectory()
  const [record] = await keepExchanges(home, [{ request: BODY, record: { path: '/v1/messages/batches' } }])
  const tried = async (env: Record<string, string>) => policyTest([record?.id ?? ''], { env }, home)
  const { exitCode, stdout, stderr } = await tried(MASK)
  expect(exitCode).toBe(0)
  expect(stderr).toBe(
    'claude-gw: policies look into requests for a message and for the count of its tokens; of `POST /v1/messages/batches` they judge the path alone\n',
  )
  expect(stdout).not.toContain('mask.email')
  expect(stdout).toContain('It would be sent as it is')
  const refused = await tried({ ...MASK, CLAUDE_GW_POLICIES_GUARD_PATHS: '["!*/batches"]' })
  expect(refused).toMatchObject({ exitCode: 1 })
  expect(refused.stdout).toMatch(/^guard\.paths +deny +1$/m)
})

test('a limit that is used up by others stops it', async () => {
  const home = temporaryDirectory()
  const ts = new Date().toISOString()
  mkdirSync(join(home, 'ledger'))
  writeFileSync(join(home, 'ledger', `${ts.slice(0, 7)}.jsonl`), ledgerLine(exchangeRecord({ ts })))
  const rules = { one: { requests: 1, per: 'month' }, two: { requests: 9, per: 'month', by: 'model' } }
  const env = { CLAUDE_GW_POLICIES_LIMITS_RULES: JSON.stringify(rules) }
  const { exitCode, stdout } = await policyTest(['-'], { env }, home)
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(/^limits\.one +limit +1 {2}1 of 1 requests per month used, 0 requests left$/m)
  expect(stdout).toMatch(
    /^limits\.two +limit +0 {2}1 of 9 requests per month used, 8 requests left \(model claude-opus-4-8\)\n\nIt would be refused: 429 /m,
  )
  const report = JSON.parse((await policyTest(['-', '--json'], { env }, home)).stdout)
  expect(report.rules[0]).toMatchObject({
    ...{ rule: 'limits.one', action: 'limit', count: 1, spans: [] },
    limit: { what: 'requests', per: 'month', used: 1, in_flight: 0, most: 1, left: 0 },
  })
})

test('guards that look for no text are shown each, and one of paths refuses before the others are asked', async () => {
  const home = temporaryDirectory()
  const env = {
    CLAUDE_GW_POLICIES_GUARD_PATHS: '["!*/count_tokens"]',
    CLAUDE_GW_POLICIES_GUARD_MAX_BYTES: '10',
    CLAUDE_GW_POLICIES_GUARD_MODELS: '["claude-*"]',
  }
  const { stdout } = await policyTest(['-'], { env }, home)
  expect(stdout).toMatch(/^guard\.paths +deny +0\nguard\.size +deny +1\nguard\.models +deny +0\n\n/m)
  const [record] = await keepExchanges(home, [
    { request: BODY, record: { path: '/v1/messages/count_tokens' } },
  ])
  const refused = await policyTest([record?.id ?? ''], { env }, home)
  expect(refused.exitCode).toBe(1)
  expect(refused.stdout).toMatch(/^guard\.paths +deny +1\n\nIt would be refused: 400 .*count_tokens/m)
})

test('a logged exchange is judged by the model that the client asked for', async () => {
  const home = temporaryDirectory()
  const model = { model: 'fast', upstream_model: 'claude-opus-4-8' }
  const [record] = await keepExchanges(home, [{ request: BODY, record: model }])
  const env = { CLAUDE_GW_POLICIES_GUARD_MODELS: '["!fast"]' }
  const { exitCode, stdout } = await policyTest([record?.id ?? ''], { env }, home)
  expect(exitCode).toBe(1)
  expect(stdout).toContain('asks for the model `fast`')
})

describe('the answer of a logged exchange', () => {
  const env = { CLAUDE_GW_POLICIES_ANSWER_DETECT: '["email:deny","us-ssn"]' }
  const answer = (text: string) => JSON.stringify({ type: 'message', content: [{ type: 'text', text }] })
  const keptAnswer = async (response: string | Buffer | undefined, record: object = {}) => {
    const home = temporaryDirectory()
    const headers = { response_headers: { 'content-type': 'application/json' } }
    const kept = await keepExchanges(home, [
      { request: BODY, record: { ...headers, ...record }, ...(response && { response }) },
    ])
    return (args: readonly string[] = []) => policyTest([kept[0]?.id ?? '', ...args], { env }, home)
  }

  test('is looked through too: by rule, action and count', async () => {
    const run = await keptAnswer(answer(`It is 536-90-4399, of ${ADDRESS}.`))
    const { exitCode, stdout } = await run()
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(
      /^It would be sent as it is: .*\nIn its answer would be found: 1 × answer\.email \(deny\), 1 × answer\.us-ssn \(flag\)\.$/m,
    )
    expect(stdout).not.toMatch(/jane@|536-90/)
    expect(JSON.parse((await run(['--json'])).stdout).answer).toEqual([
      { rule: 'answer.email', action: 'deny', count: 1 },
      { rule: 'answer.us-ssn', action: 'flag', count: 1 },
    ])
  })

  test.each([
    ['has nothing', answer('Nothing.'), {}, 'In its answer nothing would be found.\n'],
    [
      'is compressed',
      gzipSync(answer(ADDRESS)),
      { response_headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } },
      '1 × answer.email (deny)',
    ],
  ])('%s', async (_, response, record, text) => {
    expect((await (await keptAnswer(response, record))()).stdout).toContain(text)
  })

  test.each([
    ['is not kept', undefined, {}, /the answer to it cannot be looked through: there was none/],
    ['is an error', answer(ADDRESS), { status: 400 }, /^$/],
  ])('%s: nothing is said of what is in it', async (_, response, record, text) => {
    const { stdout, stderr } = await (await keptAnswer(response, record))()
    expect(stdout).not.toContain('In its answer')
    expect(stderr).toMatch(text)
  })
})

test('a logged exchange that a gateway could not read is refused as it was', async () => {
  const home = temporaryDirectory()
  const record = { model: null, request_headers: { 'content-encoding': 'gzip' } }
  const [kept] = await keepExchanges(home, [{ request: gzipSync(BODY), record }])
  const { exitCode, stdout, stderr } = await policyTest([kept?.id ?? ''], { env: MASK }, home)
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(/^mask\.unreadable +deny +1$/m)
  expect(stdout).toContain('it is compressed')
  expect(stderr).toContain('compressed, so that policies cannot look into it')
})

test('a file is read where it stands', async () => {
  const cwd = temporaryDirectory()
  writeFileSync(join(cwd, 'request.json'), BODY)
  const { exitCode, stdout } = await policyTest(['request.json'], { cwd, env: MASK })
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^mask\.email +mask +2 /m)
})

test('a logged exchange is found by its id, and what was changed in it before is named', async () => {
  const home = temporaryDirectory()
  const policy = [{ rule: 'mask.phone', action: 'mask', count: 1 }] as const
  const [record] = await keepExchanges(home, [{ request: BODY, record: { policy } }])
  const { exitCode, stdout, stderr } = await policyTest([record?.id ?? ''], { env: MASK }, home)
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^mask\.email +mask +2 /m)
  expect(stderr).toBe('claude-gw: this request is kept as the upstream saw it, after mask.phone\n')
})

test('texts are shown with their variables, and a session that is only tried keeps none', async () => {
  const home = temporaryDirectory()
  const [record] = await keepExchanges(home, [{ request: BODY }])
  const rules = { day: { text: 'It is {date}.', at: 'user-turn' } }
  const env = { CLAUDE_GW_POLICIES_DECORATORS: JSON.stringify(rules) }
  const { stdout } = await policyTest([record?.id ?? ''], { env }, home)
  expect(stdout).toMatch(
    /^decorators\.day +decorate +1 .*\n {4}messages\[0\]\.content at \d+ → .*It is \d{4}-\d\d-\d\d\./m,
  )
  expect(readdirSync(home)).not.toContain('sessions')
})

test('patterns of your own are looked for, with edges of words and texts too', async () => {
  const env = {
    CLAUDE_GW_POLICIES_PATTERNS: JSON.stringify({ fast: 'jane@[a-z]+', edges: String.raw`\bplease$` }),
    CLAUDE_GW_POLICIES_MASK_DETECT: '["fast","edges:flag"]',
  }
  const { stdout } = await policyTest(['-', '--text'], { env })
  expect(stdout).toMatch(/^mask\.fast +mask +2 .*\n {4}messages\[0\]\.content \d+–\d+ jane@example → <FAST_/m)
  expect(stdout).toMatch(/^mask\.edges +flag +1 .*\n {4}messages\[0\]\.content \d+–\d+ please$/m)
})

test.each([
  ['nothing.json', MASK, 2, /no file .*nothing\.json, and `nothing\.json` is no id/],
  ['0123456789ab', MASK, 1, /no exchange with the id 0123456789ab/],
  [
    '-',
    {},
    1,
    /no policy is on for the profile `default`.*\n.*config set policies\.mask\.detect '\["all"\]'/,
  ],
])('`policy test %s` with %j ends with %i and says why', async (name, env, code, text) => {
  const { exitCode, stdout, stderr } = await policyTest([name], { env })
  expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' })
  expect(stderr).toMatch(text)
})

test('an exchange without its body is named, with what keeps bodies', async () => {
  const home = temporaryDirectory()
  const [record] = await keepExchanges(home, [{}])
  const { exitCode, stderr } = await policyTest([record?.id ?? ''], { env: MASK }, home)
  expect(exitCode).toBe(1)
  expect(stderr).toContain('config set log.level full')
})

test('of an exchange that was refused here, it is said that nothing of it is kept', async () => {
  const home = temporaryDirectory()
  const [record] = await keepExchanges(home, [{ record: { outcome: 'refused', answered_by: 'claude-gw' } }])
  const { exitCode, stderr } = await policyTest([record?.id ?? ''], { env: MASK }, home)
  expect(exitCode).toBe(1)
  expect(stderr).toContain('it was refused here, and what is not sent is not kept')
  expect(stderr).toContain('takes a body from a file too')
  expect(stderr).not.toContain('log.level full')
})

test('a body that is no JSON is refused as a gateway would', async () => {
  const { exitCode, stdout } = await policyTest(['-'], { env: MASK, input: 'no json' })
  expect(exitCode).toBe(1)
  expect(stdout).toContain('it is no JSON object')
})
