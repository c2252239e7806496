import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { runCli, startCli } from '../support/cli.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer } from '../support/faults.ts'
import { startServe } from '../support/serve.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { createThrowawayCa, opensslUnavailable } from '../support/throwaway-ca.ts'

const because = opensslUnavailable ? `: ${opensslUnavailable}` : ''

test.skipIf(opensslUnavailable).each([
  ['is refused', undefined, 502],
  ['is trusted with the authority in NODE_EXTRA_CA_CERTS', 'NODE_EXTRA_CA_CERTS', 200],
  ['is trusted with the authority in SSL_CERT_FILE', 'SSL_CERT_FILE', 200],
])(`an upstream with a private certificate authority %s${because}`, async (_name, variable, status) => {
  const ca = createThrowawayCa()
  onTestFinished(ca.remove)
  const upstream = await startFaultUpstream(answer(), ca.server)
  onTestFinished(upstream.close)
  const env = {
    CLAUDE_GW_STATE_DIR: temporaryDirectory(),
    CLAUDE_GW_UPSTREAM: upstream.url,
    CLAUDE_GW_CREDENTIAL: 'env:UPSTREAM_KEY',
    UPSTREAM_KEY: 'upstream-key',
    ...(variable && { [variable]: ca.caPath }),
  }
  const child = startCli(['serve', '--json', '--port', '0'], { env })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')
  const { url, token } = JSON.parse(line)
  const reply = await fetch(`${url}/v1/models`, { headers: { 'x-api-key': token } })
  expect(reply.status).toBe(status)
  expect(upstream.requests).toHaveLength(variable ? 1 : 0)
})

test.each(['serve', 'run'])('%s is refused where certificates shall not be verified', async (command) => {
  const env = {
    CLAUDE_GW_STATE_DIR: temporaryDirectory(),
    CLAUDE_GW_CREDENTIAL: 'env:UPSTREAM_KEY',
    CLAUDE_GW_CLAUDE_COMMAND: process.execPath,
    UPSTREAM_KEY: 'upstream-key',
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
  }
  const result = await runCli([command], { env })
  expect(result).toMatchObject({ exitCode: 3, stdout: '' })
  expect(result.stderr).toContain('NODE_TLS_REJECT_UNAUTHORIZED=0')
  expect(result.stderr).toContain('CLAUDE_GW_TLS_CA')
})

test('an upstream on this machine without TLS is served all the same', async () => {
  const serve = await startServe({ env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } })
  const reply = await fetch(`${serve.ready.url}/v1/models`, {
    headers: { 'x-api-key': serve.ready.token ?? '' },
  })
  expect(reply.status).toBe(200)
})

test('`key` does not connect, and minds no such variable', async () => {
  const env = { CLAUDE_GW_CREDENTIAL: 'env:K', K: 'the-key', NODE_TLS_REJECT_UNAUTHORIZED: '0' }
  expect(await runCli(['key'], { env })).toMatchObject({ exitCode: 0, stdout: 'the-key\n' })
})
