import { expect, onTestFinished, test } from 'vitest'
import { DEMO_CREDENTIAL } from '../../src/demo/script.ts'
import { startDemoUpstream } from '../../src/demo/upstream.ts'
import { recordsOf, UPSTREAM_SECRET } from '../support/claude-run.ts'
import { openClaudeHome, runThrough, startMessagesUpstream } from './real-claude.ts'

test('the answer is printed, and the exit code is 0', async () => {
  const upstream = await startMessagesUpstream()
  const result = await runThrough(openClaudeHome(), upstream.url, ['-p', 'hello'])
  expect(result).toEqual({ exitCode: 0, signal: null, stdout: 'Hello from upstream\n', stderr: '' })
})

test('the upstream is shown the credential, and never the token of the run', async () => {
  const upstream = await startMessagesUpstream()
  await runThrough(openClaudeHome(), upstream.url, ['-p', 'hello'])
  expect(upstream.messages()).toHaveLength(1)
  for (const request of upstream.requests) {
    expect(request.values('authorization')).toEqual([`Bearer ${UPSTREAM_SECRET}`])
    expect(request.values('x-api-key')).toEqual([])
    expect(`${request.headers.join()} ${request.body}`).not.toContain('cgw-')
  }
})

test('stdin goes in and clean JSON comes out; the record has its session and its usage', async () => {
  const upstream = await startMessagesUpstream()
  const home = openClaudeHome()
  const args = ['-p', '--output-format', 'json']
  const result = await runThrough(home, upstream.url, args, { input: 'said by a pipe' })
  const answer = JSON.parse(result.stdout)
  expect(answer).toMatchObject({ result: 'Hello from upstream', is_error: false })
  expect(String(upstream.messages()[0]?.body)).toContain('said by a pipe')
  const [record, ...others] = recordsOf(home)
  expect(others).toEqual([])
  expect(record).toMatchObject({
    session_id: answer.session_id,
    method: 'POST',
    path: '/v1/messages',
    query: 'beta=true',
    stream: true,
    status: 200,
    outcome: 'ok',
    stop_reason: 'end_turn',
    request_id: 'req_e2e',
  })
  const { input_tokens, output_tokens } = answer.usage
  expect(record?.usage).toMatchObject({ input_tokens, output_tokens })
})

test('a tool is called, and each turn has its record', async () => {
  const upstream = await startDemoUpstream(1)
  onTestFinished(upstream.close)
  const home = openClaudeHome()
  const args = ['-p', 'Please use the Bash tool to echo a greeting.', '--allowedTools', 'Bash(echo:*)']
  const result = await runThrough(home, upstream.url, args, { env: { UPSTREAM_KEY: DEMO_CREDENTIAL } })
  expect(result.exitCode).toBe(0)
  expect(result.stdout).toContain('came back to me as a second request')
  expect(recordsOf(home).map((record) => record.stop_reason)).toEqual(['tool_use', 'end_turn'])
})

test.each(['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy', 'http_proxy', 'ALL_PROXY'])(
  'with %s nothing goes to that proxy',
  async (name) => {
    const upstream = await startMessagesUpstream()
    const proxy = await startMessagesUpstream()
    const options = { env: { [name]: proxy.url } }
    const result = await runThrough(openClaudeHome(), upstream.url, ['-p', 'hello'], options)
    expect(result.stdout).toBe('Hello from upstream\n')
    expect(proxy.acceptedConnections()).toBe(0)
  },
)

test.each([['--version'], ['mcp', 'list'], ['--help']])(
  '`%s %s` is silent and sends nothing',
  async (...args) => {
    const upstream = await startMessagesUpstream()
    const result = await runThrough(openClaudeHome(), upstream.url, args.filter(Boolean))
    expect(result).toMatchObject({ exitCode: 0, stderr: '' })
    expect(upstream.acceptedConnections()).toBe(0)
  },
)
