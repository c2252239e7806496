import { spawn } from 'node:child_process'
import { rmSync, truncateSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runCli } from '../support/cli.ts'
import { exchangeRecord } from '../support/exchange-record.ts'
import { appendRecords, keepExchanges } from '../support/kept-bodies.ts'
import { Pty, ptyUnavailable } from '../support/pty.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const REQUEST = JSON.stringify({
  model: 'claude-opus-4-8',
  system: [{ type: 'text', text: 'You are careful.' }],
  tools: [{ name: 'Bash' }, { name: 'Read' }],
  messages: [
    { role: 'user', content: 'What is in this\nfolder, Zoë?' },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'I should look first.', signature: 'x' },
        { type: 'tool_use', id: 't1', name: 'Bash', input: { command: 'ls -la' } },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'a.txt\nb.txt' }] },
  ],
})

function event(data: object): string {
  return `event: ${(data as { type: string }).type}\ndata: ${JSON.stringify(data)}\n\n`
}

const ANSWER = [
  { type: 'message_start', message: { type: 'message', role: 'assistant', content: [], usage: {} } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Two fi' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'les.' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: {} },
  { type: 'message_stop' },
]
  .map(event)
  .join('')

const GZIP = { response_headers: { 'content-encoding': 'gzip' } }
const SENT_GZIP = { request_headers: { 'content-encoding': 'gzip' } }

async function openState(exchanges: Parameters<typeof keepExchanges>[1]) {
  const state = temporaryDirectory()
  const records = await keepExchanges(state, exchanges)
  const env = { CLAUDE_GW_STATE_DIR: state }
  const logs = (...args: string[]) => runCli(['logs', ...args], { env })
  return { state, records, env, logs, id: records[0]?.id ?? '' }
}

const PROGRAM = resolve(import.meta.dirname, '../../bin/claude-gw.js')

async function bytesOf(state: string, ...args: string[]): Promise<Buffer> {
  const env = { PATH: process.env['PATH'], HOME: state, CLAUDE_GW_STATE_DIR: state }
  const child = spawn(process.execPath, [PROGRAM, 'logs', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return buffer(child.stdout)
}

describe('--raw', () => {
  test('gives the exact bytes of either side', async () => {
    const binary = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 31) % 256))
    const { state, id } = await openState([{ request: REQUEST, response: binary }])
    expect(String(await bytesOf(state, 'show', id, '--raw', 'request'))).toBe(REQUEST)
    expect((await bytesOf(state, 'show', id, '--raw', 'response')).equals(binary)).toBe(true)
  })

  test('gives what was compressed as it was, and decoded if asked', async () => {
    const response = gzipSync(ANSWER)
    const { state, id } = await openState([{ request: REQUEST, response, record: GZIP }])
    expect((await bytesOf(state, 'show', id, '--raw', 'response')).equals(response)).toBe(true)
    expect(String(await bytesOf(state, 'show', id, '--raw', 'response', '--decoded'))).toBe(ANSWER)
    expect(String(await bytesOf(state, 'show', id, '--raw', 'request', '--decoded'))).toBe(REQUEST)
  })

  test('gives a compressed request decoded, which the conversation and --grep read too', async () => {
    const { state, logs, id } = await openState([{ request: gzipSync(REQUEST), record: SENT_GZIP }])
    expect(String(await bytesOf(state, 'show', id, '--raw', 'request', '--decoded'))).toBe(REQUEST)
    expect((await logs('show', id)).stdout).toContain('folder, Zoë?')
    expect((await logs('--grep', 'I should look first.', '--json')).stdout).toContain(id)
  })

  test('says on stderr where a body that was compressed is there decoded only', async () => {
    const { state, records, logs } = await openState([{ request: '"[redacted]"', record: SENT_GZIP }])
    const [record] = records
    const reference = {
      file: '',
      offset: 0,
      length: 0,
      crc32: 0,
      ...record?.request_body,
      decoded: true,
    } as const
    const marked = exchangeRecord({ ...SENT_GZIP, request_body: reference })
    appendRecords(state, [marked])
    const { stdout, stderr } = await logs('show', marked.id, '--raw', 'request')
    expect(stdout).toBe('"[redacted]"')
    expect(stderr).toBe('claude-gw: this request was compressed on the wire, and is kept decoded\n')
  })

  test('says on stderr where values are masked', async () => {
    const { state, records, logs } = await openState([{ request: '"[redacted]"' }])
    const [record] = records
    const marked = exchangeRecord({
      request_body: { file: '', offset: 0, length: 0, crc32: 0, ...record?.request_body, redacted: 1 },
    })
    appendRecords(state, [marked])
    const { stdout, stderr } = await logs('show', marked.id, '--raw', 'request')
    expect(stdout).toBe('"[redacted]"')
    expect(stderr).toBe('claude-gw: 1 value is masked in this request\n')
  })

  test('ends with 1 and why, where there is none', async () => {
    const { state, logs, id } = await openState([{ request: REQUEST }])
    const none = exchangeRecord({ response_body: null, response_body_reason: 'it is over 1 bytes\x1b[2J' })
    appendRecords(state, [none])
    const missing = await logs('show', id, '--raw', 'response')
    expect(missing).toMatchObject({ exitCode: 1, stdout: '' })
    expect(missing.stderr).toContain(`the response of ${id} is not kept: there was none, or \`log.level\``)
    expect(missing.stderr).toContain('claude-gw config set log.level full')
    const told = await logs('show', none.id, '--raw', 'response')
    expect(told.stderr).toContain('is not kept: it is over 1 bytes\\x1b[2J')
    rmSync(join(state, 'bodies'), { recursive: true })
    const gone = await logs('show', id, '--raw', 'request')
    expect(gone.stderr).toMatch(/its file is gone.*\n.*`log\.retention\.days`/)
    expect((await logs('show', id, '--raw', 'both')).exitCode).toBe(2)
  })

  test('says of one that a kill has lost that it is, and advises no level that is set', async () => {
    const { state, records, logs, id } = await openState([{ request: REQUEST }])
    truncateSync(join(state, 'bodies', records[0]?.request_body?.file ?? ''), 3)
    const { stderr, exitCode } = await logs('show', id, '--raw', 'request')
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/it was not stored: .*\n.*it is lost/)
    expect(stderr).not.toContain('log.level')
  })

  test.skipIf(ptyUnavailable)(
    `lets nothing act on a terminal${ptyUnavailable ? `: ${ptyUnavailable}` : ''}`,
    async () => {
      const { state, records } = await openState([
        { request: '{"a":"\x1b[31m\u009b"}\n\tx', response: gzipSync('{}'), record: GZIP },
      ])
      const show = async (side: string) => {
        const env = { PATH: process.env['PATH'], HOME: state, CLAUDE_GW_STATE_DIR: state, TERM: 'xterm' }
        const args = [PROGRAM, 'logs', 'show', records[0]?.id ?? '', '--raw', side]
        const terminal = new Pty({ command: process.execPath, args, env, cwd: state, columns: 200 })
        onTestFinished(() => terminal.close())
        const exitCode = await terminal.exitCode()
        return { exitCode, output: terminal.output }
      }
      const text = await show('request')
      expect(text.output).toContain('{"a":"\\x1b[31m\\x9b"}')
      expect(text.output).not.toContain('\x1b[31m')
      const binary = await show('response')
      expect(binary.exitCode).toBe(1)
      expect(binary.output).toContain('is no text, and this is a terminal')
    },
  )
})

describe('logs show', () => {
  test('has the conversation, with what is long folded', async () => {
    const { logs, id } = await openState([{ request: REQUEST, response: gzipSync(ANSWER), record: GZIP }])
    const { exitCode, stdout } = await logs('show', id)
    expect(exitCode).toBe(0)
    const talk = stdout.slice(stdout.indexOf('Bodies'))
    expect(talk).toBe(`Bodies
  request   ${Buffer.byteLength(REQUEST)} B kept
  response  ${gzipSync(ANSWER).length} B kept

Conversation  (\`--full\` unfolds)
  system  16 B
  tools   2: Bash, Read

  user
    What is in this
    folder, Zoë?

  assistant
    [thinking, 20 B]
    → Bash {"command":"ls -la"}

  user
    ← result, 11 B
      a.txt
      b.txt

  assistant
    Two files.
`)
  })

  test('unfolds it with --full', async () => {
    const { logs, id } = await openState([{ request: REQUEST, response: ANSWER }])
    const { stdout } = await logs('show', id, '--full')
    for (const text of ['You are careful.', 'I should look first.', 'command: ls -la'])
      expect(stdout).toContain(text)
  })

  test('says what is not there, and shows the rest', async () => {
    const { state, logs, id } = await openState([{ request: REQUEST, response: ANSWER }])
    rmSync(join(state, 'bodies'), { recursive: true })
    const { exitCode, stdout } = await logs('show', id)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('request   not there: its file is gone')
    expect(stdout).not.toContain('Conversation')
  })

  test('is as before where no body is kept', async () => {
    const { logs, id } = await openState([{}])
    expect((await logs('show', id)).stdout).not.toContain('Bodies')
  })
})

describe('logs --grep', () => {
  const exchanges = [
    { request: '{"a":"first \\"quoted\\" word"}', response: ANSWER },
    { request: '{"a":"caf\\u00e9"}' },
    { request: '{"a":"Second"}', record: { session_id: 'other' } },
    {},
    { request: 'second café', response: gzipSync(ANSWER), record: GZIP },
  ]

  async function grep(...args: string[]): Promise<number[]> {
    const { logs, records } = await openState(exchanges)
    const { stdout } = await logs('--json', ...args)
    const ids = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).id)
    return ids.map((id) => records.findIndex((record) => record.id === id))
  }

  test.each([
    ['what is in a request', ['--grep', 'Second'], [2]],
    ['what came in pieces, compressed or not', ['--grep', 'Two files.'], [0, 4]],
    ['what JSON escapes', ['--grep', 'first "quoted" word'], [0]],
    ['letters of any language, escaped or not', ['--grep', 'café'], [1, 4]],
    ['the newest of many', ['--grep', 'Two files.', '-n', '1'], [4]],
    ['only what the other filters leave', ['--grep', 'e', '--session', 'other'], [2]],
    ['nothing where there is nothing', ['--grep', 'nobody said this'], []],
  ])('finds %s', async (_name, args, indices) => {
    expect(await grep(...args)).toEqual(indices)
  })

  test('finds the same in a log of which only parts are held at once', async () => {
    const many = Array.from({ length: 20_010 }, (_, index) => ({
      request: index % 5_000 === 1 ? 'plum' : 'pear',
    }))
    const { logs, records } = await openState(many)
    const idsOf = (stdout: string) => [...stdout.matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id)
    const expected = [1, 5_001, 10_001, 15_001, 20_001].map((index) => records[index]?.id)
    const all = await logs('--json', '--since', '1h', '--grep', 'plum')
    expect(idsOf(all.stdout)).toEqual(expected)
    expect(idsOf((await logs('--json', '-n', '5', '--grep', 'plum')).stdout)).toEqual(expected)
    expect(idsOf((await logs('--json', '-n', '2', '--grep', 'plum')).stdout)).toEqual(expected.slice(-2))
    expect((await logs('--json', '-n', '0', '--grep', 'plum')).stdout).toBe('')
  })

  test('says where no body is kept of what it could look into', async () => {
    const { logs } = await openState([
      { request: 'plum' },
      { record: { session_id: 'bare' } },
      { record: { profile: 'work' } },
    ])
    const hint = '`claude-gw config set log.level full`'
    for (const words of [[], ['export', '--jsonl']]) {
      const told = async (...args: string[]) => (await logs(...words, '--grep', 'pear', ...args)).stderr
      expect(await told('--session', 'bare')).toContain(hint)
      expect(await told('--session', 'bare', '--quiet')).toBe('')
      expect(await told()).not.toContain(hint)
      expect(await told('--session', 'nobody')).not.toContain(hint)
    }
    const { stderr } = await logs('--profile', 'work', '--grep', 'pear')
    expect(stderr).toContain('`claude-gw --profile work config set log.level full`')
    expect((await logs('--session', 'bare', '--grep', 'pear', '-n', '0', '--json')).exitCode).toBe(0)
  })

  test('is refused without a text, and with --follow', async () => {
    const { logs } = await openState([{}])
    expect((await logs('--grep', '')).exitCode).toBe(2)
    expect((await logs('--grep', 'x', '-n', 'many')).exitCode).toBe(2)
    const { exitCode, stderr } = await logs('--grep', 'x', '-f')
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--follow') })
  })
})

test('an HTTP archive has the bodies that are kept, decoded, each beside its own exchange', async () => {
  const bodies = Array.from({ length: 30 }, (_, index) => `{"turn":${index}}`)
  const { logs } = await openState([
    ...bodies.map((request) => ({ request })),
    { request: 'zipped', response: gzipSync(ANSWER), record: GZIP },
    { record: { id: '01a1fbaa-0000-7000-8000-00000000abcd' } },
  ])
  const { stdout } = await logs('export', '--har')
  const entries: HarEntry[] = JSON.parse(stdout).log.entries
  expect(entries.map(({ request }) => request.postData?.text)).toEqual([...bodies, 'zipped', undefined])
  expect(entries.at(-2)?.response.content.text).toBe(ANSWER)
  expect(entries.at(-1)?.response.content).not.toHaveProperty('text')
})

test('a curl command sends a compressed body as what it is, and one that is kept decoded without its coding', async () => {
  const { state, records, logs, id } = await openState([{ request: gzipSync(REQUEST), record: SENT_GZIP }])
  const coding = "-H 'content-encoding: gzip'"
  expect((await logs('export', '--curl', id)).stdout).toContain(coding)
  const reference = { file: '', offset: 0, length: 0, crc32: 0, ...records[0]?.request_body }
  const decoded = exchangeRecord({ ...SENT_GZIP, request_body: { ...reference, decoded: true } })
  const lost = exchangeRecord(SENT_GZIP)
  appendRecords(state, [decoded, lost])
  for (const { id } of [decoded, lost]) {
    const { stdout } = await logs('export', '--curl', id)
    expect(stdout).toContain('--data-binary')
    expect(stdout).not.toContain(coding)
  }
})

test('an export has what --grep leaves, wherever the option stands', async () => {
  const { logs, records } = await openState([
    { request: 'a plum' },
    { request: 'a pear' },
    { request: 'a plum' },
  ])
  const idsOf = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id)
  expect(idsOf((await logs('export', '--jsonl', '--grep', 'plum')).stdout)).toEqual([
    records[0]?.id,
    records[2]?.id,
  ])
  expect(idsOf((await logs('--grep', 'plum', 'export', '--jsonl', '-n', '1')).stdout)).toEqual([
    records[2]?.id,
  ])
  const { log } = JSON.parse((await logs('export', '--har', '--grep', 'pear')).stdout)
  expect(log.entries.map(({ request }: HarEntry) => request.postData?.text)).toEqual(['a pear'])
})

interface HarEntry {
  readonly request: { readonly postData?: { readonly text: string } }
  readonly response: { readonly content: { readonly text?: string } }
}
