import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runCli, startCli } from '../support/cli.ts'
import { answer } from '../support/faults.ts'
import { holdAnswer } from '../support/held-answer.ts'
import type { ReadyLine } from '../support/serve.ts'
import { startServe } from '../support/serve.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

test('prints one JSON line when it is ready, and a client with its token reaches the upstream', async () => {
  const { ready, upstream } = await startServe()
  const reply = await fetch(`${ready.url}/v1/models`, { headers: { 'x-api-key': ready.token ?? '' } })
  expect(reply.status).toBe(200)
  expect(upstream.requests[0]?.values('authorization')).toEqual(['Bearer upstream-key'])
})

test('a second one of the same profile says where the first is', async () => {
  const { env, ready } = await startServe()
  const result = await runCli(['serve'], { env })
  expect(result.exitCode).toBe(1)
  expect(result.stderr).toContain(ready.url)
  expect(result.stderr).toContain('eval "$(claude-gw env)"')
})

test('what it says to type is for its profile', async () => {
  const { env } = await startServe()
  const served = startCli(['--profile', 'work', 'serve'], { env })
  onTestFinished(() => void served.kill('SIGKILL'))
  const [told] = await once(served.stderr as NodeJS.ReadableStream, 'data')
  const command = 'eval "$(claude-gw --profile work env)"'
  expect(String(told)).toContain(`in another shell: ${command}, then claude`)
  const second = await runCli(['--profile', 'work', 'serve'], { env })
  expect(second.stderr).toContain(`use it with \`${command}\``)
})

test('a taken port is a clear error', async () => {
  const { env, upstream } = await startServe()
  const result = await runCli(['serve', '--profile', 'other', '--port', String(upstream.port)], { env })
  expect(result.exitCode).toBe(1)
  expect(result.stderr).toContain(`127.0.0.1:${upstream.port}`)
  expect(result.stderr).toContain('--port')
})

test.each(['x', '65536', '-1', '1.5'])('`--port %s` is a usage error', async (port) => {
  const { exitCode, stderr, stdout } = await runCli(['serve', '--port', port])
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toContain(`\`--port ${port}\`: give a number from 0 to 65535`)
  expect(stderr).toContain('claude-gw serve --help')
})

test('the next one takes over port and token, and `--new-token` replaces the token', async () => {
  const first = await startServe()
  await first.stop()
  const second = await startServe({ env: first.env })
  expect(second.ready).toMatchObject({ url: first.ready.url, token: first.ready.token })
  await second.stop()
  const third = await startServe({ env: first.env, args: ['--new-token'] })
  expect(third.ready.port).toBe(first.ready.port)
  expect(third.ready.token).not.toBe(first.ready.token)
})

test('a clean stop leaves no process in its entry', async () => {
  const { env, stop } = await startServe()
  await stop()
  const entry = JSON.parse(readFileSync(join(env.CLAUDE_GW_STATE_DIR, 'serve', 'default.json'), 'utf8'))
  expect(entry).not.toHaveProperty('pid')
  expect(entry).toHaveProperty('port')
})

test('says what goes wrong without disturbing an exchange as soon as it does', async () => {
  const env = { CLAUDE_GW_POLICIES_LIMITS_RULES: '{"daily":{"usd":5,"per":"day"}}' }
  const message = { type: 'message', model: 'glm-5', usage: { input_tokens: 5, output_tokens: 5 } }
  const { child, ready } = await startServe({
    env,
    fault: answer({ body: JSON.stringify(message) }),
  })
  const told = once(child.stderr as NodeJS.ReadableStream, 'data')
  const body = JSON.stringify({ model: 'glm-5', messages: [] })
  const headers = { 'x-api-key': ready.token ?? '' }
  expect((await fetch(`${ready.url}/v1/messages`, { method: 'POST', headers, body })).status).toBe(200)
  expect(String(await told)).toMatch(
    /^claude-gw: limit daily does not count what `glm-5` costs: there is no price for this model \(the key `prices` adds one\)\n$/,
  )
})

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it with 0', async (signal) => {
  const { child } = await startServe()
  child.kill(signal)
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('a last port that is taken is said, and another one served', async () => {
  const first = await startServe()
  await first.stop()
  const squatter = createServer().listen(first.ready.port, '127.0.0.1')
  onTestFinished(() => void squatter.close())
  await once(squatter, 'listening')
  const second = await startServe(first)
  const stderr = text(second.child.stderr as NodeJS.ReadableStream)
  expect(second.ready.port).not.toBe(first.ready.port)
  await second.stop()
  expect(await stderr).toContain(`not on its last port ${first.ready.port}`)
})

test('a state directory that cannot be written ends it with an error', async () => {
  const file = join(temporaryDirectory(), 'file')
  writeFileSync(file, '')
  const env = { CLAUDE_GW_STATE_DIR: join(file, 'state'), CLAUDE_GW_UPSTREAM: 'http://127.0.0.1:9' }
  const { exitCode, stderr } = await runCli(['serve', '--json'], { env })
  expect(exitCode).toBe(3)
  expect(stderr).toContain(file)
  expect(stderr).toContain('CLAUDE_GW_STATE_DIR')
})

test('the token is kept for the user alone', async () => {
  const { env, ready } = await startServe()
  const path = join(env.CLAUDE_GW_STATE_DIR, 'serve', 'default.json')
  expect(readFileSync(path, 'utf8')).toContain(ready.token)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test.each([['--json'], ['--new-token']])(
  'a second one with %s changes nothing of the first',
  async (option) => {
    const { env, ready } = await startServe()
    const path = join(env.CLAUDE_GW_STATE_DIR, 'serve', 'default.json')
    const before = readFileSync(path, 'utf8')
    expect(await runCli(['serve', option], { env })).toMatchObject({ exitCode: 1, stdout: '' })
    expect(readFileSync(path, 'utf8')).toBe(before)
    const reply = await fetch(`${ready.url}/v1/models`, { headers: { 'x-api-key': ready.token ?? '' } })
    expect(reply.status).toBe(200)
  },
)

test('of four that are started at once, one serves and the others say where', async () => {
  const { env, stop } = await startServe()
  await stop()
  const children = Array.from({ length: 4 }, () => startCli(['serve', '--json'], { env }))
  onTestFinished(() => {
    for (const child of children) child.kill('SIGKILL')
  })
  const ended = await new Promise<number[]>((resolve) => {
    const codes: number[] = []
    for (const child of children) child.on('exit', (code) => codes.push(code ?? -1) === 3 && resolve(codes))
  })
  expect(ended).toEqual([1, 1, 1])
  const { stdout } = await runCli(['env', '--shell', 'json'], { env })
  const living = children.find((child) => child.exitCode === null)
  const lines = await once(living?.stdout as NodeJS.ReadableStream, 'data')
  expect(JSON.parse(stdout)).toMatchObject({ ANTHROPIC_BASE_URL: JSON.parse(String(lines[0])).url })
})

test('a second signal does not wait for an answer that goes on', async () => {
  const { child, ready, fault } = await startHeld({})
  await beginAsking(ready)
  child.kill('SIGTERM')
  const isOpen = () =>
    fetch(ready.url).then(
      () => true,
      () => false,
    )
  await expect.poll(isOpen).toBe(false)
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([143, null])
  fault.release()
})

describe('with an idle time', () => {
  test('it ends with 0 when nobody asks, says why, and leaves the entry of a clean stop', async () => {
    const { env, child } = await startServe({ env: { CLAUDE_GW_SERVE_IDLE_EXIT: '200ms' } })
    const stderr = text(child.stderr as NodeJS.ReadableStream)
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(await stderr).toContain('serve.idleExit')
    const entry = JSON.parse(readFileSync(join(env.CLAUDE_GW_STATE_DIR, 'serve', 'default.json'), 'utf8'))
    expect(entry).not.toHaveProperty('pid')
  })

  test('it stays while an answer goes on', async () => {
    const { child, ready, fault } = await startHeld({ CLAUDE_GW_SERVE_IDLE_EXIT: '200ms' })
    const reply = await beginAsking(ready)
    await delay(700)
    fault.release()
    expect(await reply.text()).toBe('begin end')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  test('none is never', async () => {
    const { child } = await startServe({ env: { CLAUDE_GW_SERVE_IDLE_EXIT: '0s' } })
    await delay(300)
    expect(child.exitCode).toBeNull()
  })

  test('one that no timer can count is not over at once', async () => {
    const { child } = await startServe({ env: { CLAUDE_GW_SERVE_IDLE_EXIT: '30d' } })
    await delay(300)
    expect(child.exitCode).toBeNull()
  })
})

async function startHeld(env: Readonly<Record<string, string>>) {
  const fault = holdAnswer()
  return { ...(await startServe({ env, fault: fault.fault })), fault }
}

/** Settles with the head of the answer. */
function beginAsking({ url, token }: ReadyLine): Promise<Response> {
  return fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': token ?? '' },
    body: '{}',
  })
}
