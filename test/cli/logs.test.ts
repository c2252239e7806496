import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { ExchangeRecord } from '../../src/exchange/exchange.ts'
import { toLine } from '../../src/exchange/line.ts'
import { exchangeRecord } from '../support/exchange-record.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const PROGRAM = join(import.meta.dirname, '../../bin/claude-gw.js')
const run = promisify(execFile)

interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A state directory with the records of today in it. */
function openState(records: readonly ExchangeRecord[] = []) {
  const state = temporaryDirectory()
  const directory = join(state, 'traffic')
  const today = join(directory, `${new Date().toISOString().slice(0, 10)}.jsonl`)
  if (records.length > 0) {
    mkdirSync(directory)
    writeFileSync(today, records.map(toLine).join(''))
  }
  const env = { PATH: process.env['PATH'], HOME: state, CLAUDE_GW_STATE_DIR: state }
  const claudeGw = async (...argv: string[]): Promise<Result> => {
    const outcome = await run(process.execPath, [PROGRAM, ...argv], { env, maxBuffer: 1e8 }).catch(
      (error: Result) => error,
    )
    return { code: 0, ...outcome }
  }
  return { directory, today, env, claudeGw }
}

function startedNow(changes: Parameters<typeof exchangeRecord>[0] = {}): ExchangeRecord {
  return exchangeRecord({ ts: new Date().toISOString(), ...changes })
}

const limited = { status: 429, outcome: 'http_error', usage: undefined, ttft_ms: undefined } as const

test('lists one aligned line for each exchange, newest last, without titles or colours in a pipe', async () => {
  const records = [
    startedNow({ cost_usd: 0.0142 }),
    startedNow({ ...limited, model: 'bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0' }),
    startedNow({ usage: null, cost_usd: null, agent_id: 'a1' }),
  ]
  const { code, stdout, stderr } = await openState(records).claudeGw('logs')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const lines = stdout.trimEnd().split('\n')
  expect(lines.map((line) => line.replace(/ +/g, ' ').slice(9))).toEqual([
    `claude-opus-4-8 200 86k 345 85k $0.01 0.9s 4.2s 3f2a9c1e ${records[0]?.id.slice(-8)}`,
    `bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0 429 - - - - - 4.2s 3f2a9c1e ${records[1]?.id.slice(-8)}`,
    `↳ claude-opus-4-8 200 ? ? ? ? 0.9s 4.2s 3f2a9c1e ${records[2]?.id.slice(-8)}`,
  ])
  expect(new Set(lines.map((line) => line.indexOf('3f2a9c1e'))).size).toBe(1)
})

test('says where it looks, and how to make a first record', async () => {
  const { directory, claudeGw } = openState()
  const { code, stdout, stderr } = await claudeGw('logs')
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  expect(stderr).toContain(directory)
  expect(stderr).toContain('claude-gw run -p hello')
})

test('control characters from the wire are shown, not sent', async () => {
  const evil = startedNow({ model: 'evil\x1b[2J\u202e', error: { type: 'x', message: 'a\nb\x9b' } })
  const { claudeGw } = openState([evil])
  const pages = [await claudeGw('logs'), await claudeGw('logs', 'show', evil.id)]
  for (const { stdout } of pages) {
    expect(stdout).toContain('evil\\x1b[2J\\u202e')
    expect(stdout).toContain('a\\nb\\x9b')
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  }
})

test('--json gives the stored lines, byte for byte', async () => {
  const records = [startedNow(), startedNow({ ...limited, model: 'é\u202e' })]
  const { stdout } = await openState(records).claudeGw('logs', '--json')
  expect(stdout).toBe(records.map(toLine).join(''))
})

test('20 are listed, or as many as -n says', async () => {
  const records = Array.from({ length: 30 }, () => startedNow())
  const { claudeGw } = openState(records)
  const last = (count: number) => records.slice(-count).map(toLine).join('')
  expect((await claudeGw('logs', '--json')).stdout).toBe(last(20))
  expect((await claudeGw('logs', '--json', '-n', '3')).stdout).toBe(last(3))
  expect((await claudeGw('logs', '--json', '-n', '100')).stdout).toBe(last(30))
})

test('--since gives all of them since then', async () => {
  const old = exchangeRecord({ ts: new Date(Date.now() - 7_200_000).toISOString() })
  const young = Array.from({ length: 30 }, () => startedNow())
  const { stdout } = await openState([old, ...young]).claudeGw('logs', '--json', '--since', '1h')
  expect(stdout).toBe(young.map(toLine).join(''))
})

test.each([
  ['--session', 'b81d'],
  ['--model', 'HAIKU'],
  ['--model', 'claude-h*'],
  ['--status', '429'],
  ['--status', '4xx'],
  ['--status', 'http_error'],
  ['--errors'],
  ['--project', 'shop'],
  ['--profile', 'work'],
  ['--path', 'count_tokens'],
  ['--min-cost', '0.5'],
  ['--slower-than', '9s'],
  ['--outcome', 'http_error'],
  ['--stop-reason', 'refusal'],
  ['--where', 'tags.project = shop and not outcome = ok'],
])('%s %s leaves out the others', async (...filter) => {
  const meant = startedNow({
    ...limited,
    session_id: 'b81d0c44',
    model: 'claude-haiku-4-5',
    tags: { project: 'shop' },
    profile: 'work',
    path: '/v1/messages/count_tokens',
    cost_usd: 0.5,
    duration_ms: 9001,
    stop_reason: 'refusal',
  })
  const { stdout } = await openState([startedNow(), meant, startedNow()]).claudeGw(
    'logs',
    '--json',
    ...filter,
  )
  expect(stdout).toBe(toLine(meant))
})

test('says so where nothing matches', async () => {
  const { code, stdout, stderr } = await openState([startedNow()]).claudeGw('logs', '--errors')
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  expect(stderr).toContain('No exchange matches')
})

test.each([
  ['--since', 'yore', 'a duration (30m, 2h, 7d)'],
  ['--status', '42', 'a status (429), a class (4xx) or an outcome (ok, '],
  ['--session', '', '`--session` needs a text'],
  ['-n', 'many', 'whole number'],
  ['--until', 'never', '`--until never`: give a duration'],
  ['--outcome', 'fine', 'give one of ok, http_error'],
  ['--slower-than', '3', 'a duration such as 500ms'],
  ['--min-cost', 'much', 'US dollars'],
  ['--stop-reason', '', '`--stop-reason` needs a text'],
  [
    '--where',
    'stauts = 429',
    'at character 1 of `stauts = 429`: there is no field `stauts`; did you mean `status`?',
  ],
  ['--fields', 'ts,modle', 'there is no field `modle`; did you mean `model`?'],
])('%s %j is a usage error that says what is taken', async (option, value, message) => {
  const { code, stdout, stderr } = await openState().claudeGw('logs', option, value)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(message)
  expect(stderr).toContain('\n  see `claude-gw logs --help`\n')
})

test('the help has what --where takes, and an error of `export` leads to its own', async () => {
  const { claudeGw } = openState([])
  const help = await claudeGw('logs', '--help')
  const [, condition = ''] = /'(status >= 500 .*)'/.exec(help.stdout) ?? []
  expect((await claudeGw('logs', '--where', condition)).code).toBe(0)
  expect((await claudeGw('logs', 'export')).stderr).toContain('see `claude-gw logs export --help`')
})

test('lines that are no records are counted, and no error', async () => {
  const { today, claudeGw } = openState([startedNow()])
  appendFileSync(today, '{"v":1,"ts":"torn\n\0\0\n')
  const { code, stdout, stderr } = await claudeGw('logs')
  expect(code).toBe(0)
  expect(stdout.split('\n')).toHaveLength(2)
  expect(stderr).toBe('2 lines are no records and were left out\n')
})

test('lines of a newer version are counted apart', async () => {
  const { today, claudeGw } = openState([startedNow()])
  appendFileSync(today, '{"v":2,"ts":"2026-11-20T14:03:22.120Z","what":"else"}\n{"v":1}\n')
  const { code, stderr } = await claudeGw('logs')
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr:
      '1 line is no record and was left out\n1 line was written by a newer claude-gw, and left out: update this one to see them\n',
  })
})

test('--until leaves out what began later', async () => {
  const [old, young] = [startedNow({ ts: new Date(Date.now() - 60_000).toISOString() }), startedNow()]
  const { claudeGw } = openState([old, young])
  expect((await claudeGw('logs', '--json', '--until', '30s')).stdout).toBe(toLine(old))
  const today = new Date()
  const date = [today.getFullYear(), today.getMonth() + 1, today.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-')
  expect((await claudeGw('logs', '--json', '--until', date)).stdout).toContain(young.id)
})

test('--fields gives these values with tabs between, or as an object', async () => {
  const record = startedNow({ model: 'a\tb', cost_usd: null, attempts: [{ duration_ms: 1, reason: 'x' }] })
  const { claudeGw } = openState([record])
  const fields = ['--fields', 'model, usage.output_tokens,cost_usd,error.type,attempts.reason,tags.project']
  expect((await claudeGw('logs', ...fields)).stdout).toBe('a\\tb\t345\t?\t-\t["x"]\t-\n')
  expect(JSON.parse((await claudeGw('logs', '--json', ...fields)).stdout)).toEqual({
    model: 'a\tb',
    'usage.output_tokens': 345,
    cost_usd: null,
    'attempts.reason': ['x'],
  })
})

test('a variable that means nothing is named, since it may be a misspelt place', async () => {
  const { env, claudeGw } = openState([startedNow()])
  expect((await claudeGw('logs')).stderr).toBe('')
  const outcome = await run(process.execPath, [PROGRAM, 'logs'], {
    env: { ...env, CLAUDE_GW_STATE_DRI: '/x' },
  })
  expect(outcome.stderr).toContain('CLAUDE_GW_STATE_DRI means nothing; did you mean `CLAUDE_GW_STATE_DIR`?')
})

test('the schema that the package ships is the one that `logs schema` prints', async () => {
  const { stdout } = await openState().claudeGw('logs', 'schema')
  expect(stdout).toBe(readFileSync(join(import.meta.dirname, '../../dist/record.schema.json'), 'utf8'))
  expect(JSON.parse(stdout).properties.duration_ms.description).toContain('Milliseconds')
})

test('a reader that stops reading ends it quietly', async () => {
  const { env } = openState(Array.from({ length: 3000 }, () => startedNow()))
  const script = 'set -o pipefail; "$@" | head -n 1; echo $?'
  const argv = ['-c', script, 'bash', process.execPath, PROGRAM, 'logs', '--json', '-n', '3000']
  const { stdout, stderr } = await run('bash', argv, { env })
  expect(stdout.split('\n')[1]).toBe('0')
  expect(stderr).toBe('')
})

test('-f goes on with what is appended', async () => {
  const [first, second] = [startedNow(), startedNow(limited)]
  const { today, env } = openState([first])
  const child = spawn(process.execPath, [PROGRAM, 'logs', '-f', '--json'], { env })
  onTestFinished(() => void child.kill())
  let stdout = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  await once(child.stdout, 'data')
  expect(stdout).toBe(toLine(first))
  appendFileSync(today, toLine(second))
  await expect.poll(() => stdout, { timeout: 10_000 }).toBe(toLine(first) + toLine(second))
})

test('show prints what is known, in groups', async () => {
  const record = startedNow({
    ...limited,
    error: { type: 'rate_limit_error', message: 'slow down' },
    retry_after: '12',
    usage: null,
    usage_reason: 'the answer is not JSON',
    tags: { project: 'engine' },
    attempts: [
      { duration_ms: 12, reason: 'ECONNRESET' },
      { status: 429, duration_ms: 4100 },
    ],
  })
  const { code, stdout } = await openState([startedNow(), record]).claudeGw('logs', 'show', record.id)
  expect(code).toBe(0)
  const text = stdout.replace(/ +/g, ' ')
  expect(text.split('\n\n').map((group) => group.split('\n')[0])).toEqual([
    record.id,
    'Request',
    'Answer',
    'Timings',
    'Tokens',
    'Error',
  ])
  for (const fact of [
    'call POST /v1/messages?beta=true',
    'project engine',
    'status 429',
    'retry after 12',
    'total ·······················█ 4.20s',
    'attempt 1 █······················· 12.0ms, ECONNRESET',
    'usage ? (the answer is not JSON)',
    'message slow down',
  ]) {
    expect(text).toContain(` ${fact}\n`)
  }
})

test('show finds an exchange by the unique beginning or end of its id', async () => {
  const records = ['01a1fbaa-1111-7000-8000-00000000aaaa', '01a1fbaa-2222-7000-8000-00000000bbbb'].map((id) =>
    startedNow({ id }),
  )
  const { claudeGw } = openState(records)
  expect((await claudeGw('logs', 'show', '01a1fbaa-1', '--json')).stdout).toBe(
    records.slice(0, 1).map(toLine).join(''),
  )
  expect((await claudeGw('logs', 'show', 'BBBB', '--json')).stdout).toBe(
    records.slice(1).map(toLine).join(''),
  )
  const ambiguous = await claudeGw('logs', 'show', '01a1fbaa')
  expect(ambiguous.code).toBe(2)
  for (const { id } of records) expect(ambiguous.stderr).toContain(id)
})

test('show tells an id that is not there from one that is none', async () => {
  const { claudeGw } = openState([startedNow()])
  expect(await claudeGw('logs', 'show', 'ffffffff')).toMatchObject({ code: 1, stdout: '' })
  expect(await claudeGw('logs', 'show', 'abc')).toMatchObject({ code: 2, stdout: '' })
  expect(await claudeGw('logs', 'show', 'nothing')).toMatchObject({ code: 2, stdout: '' })
})

test('path prints the directory, also before it is there', async () => {
  const { directory, claudeGw } = openState()
  expect(await claudeGw('logs', 'path')).toEqual({ code: 0, stdout: `${directory}\n`, stderr: '' })
})
