import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { runCli } from '../support/cli.ts'
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
})

test('a taken port is a clear error', async () => {
  const { env, upstream } = await startServe()
  const result = await runCli(['serve', '--profile', 'other', '--port', String(upstream.port)], { env })
  expect(result.exitCode).toBe(1)
  expect(result.stderr).toContain(`127.0.0.1:${upstream.port}`)
  expect(result.stderr).toContain('--port')
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
