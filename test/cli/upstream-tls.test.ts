import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { startCli } from '../support/cli.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer } from '../support/faults.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { createThrowawayCa, opensslUnavailable } from '../support/throwaway-ca.ts'

const because = opensslUnavailable ? `: ${opensslUnavailable}` : ''

test.skipIf(opensslUnavailable).each([
  ['is refused', false, 502],
  ['is trusted with the authority in NODE_EXTRA_CA_CERTS', true, 200],
])(`an upstream with a private certificate authority %s${because}`, async (_name, isTrusted, status) => {
  const ca = createThrowawayCa()
  onTestFinished(ca.remove)
  const upstream = await startFaultUpstream(answer(), ca.server)
  onTestFinished(upstream.close)
  const env = {
    CLAUDE_GW_STATE_DIR: temporaryDirectory(),
    CLAUDE_GW_UPSTREAM: upstream.url,
    CLAUDE_GW_CREDENTIAL: 'env:UPSTREAM_KEY',
    UPSTREAM_KEY: 'upstream-key',
    ...(isTrusted && { NODE_EXTRA_CA_CERTS: ca.caPath }),
  }
  const child = startCli(['serve', '--json', '--port', '0'], { env })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')
  const { url, token } = JSON.parse(line)
  const reply = await fetch(`${url}/v1/models`, { headers: { 'x-api-key': token } })
  expect(reply.status).toBe(status)
  expect(upstream.requests).toHaveLength(isTrusted ? 1 : 0)
})
