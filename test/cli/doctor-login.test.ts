import { expect, test } from 'vitest'
import { startBrokenGateway } from '../support/broken-gateway.ts'
import { runCli } from '../support/cli.ts'
import { startModelApi } from '../support/model-api.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

async function doctor(upstream: string, env: Record<string, string>) {
  const own = { CLAUDE_GW_STATE_DIR: temporaryDirectory(), CLAUDE_GW_UPSTREAM: upstream, ...env }
  const { exitCode, stdout } = await runCli(['doctor', '--json'], { env: own })
  const checks = JSON.parse(stdout).checks as {
    id: string
    verdict: string
    evidence: string
    remedy?: string
  }[]
  return { exitCode, checks, of: (id: string) => checks.find((check) => check.id === id) }
}

test('with the login of Claude Code, what needs a key is skipped, and nothing is said of one', async () => {
  const { of } = await doctor((await startModelApi()).url, { CLAUDE_GW_CREDENTIAL: 'passthrough' })
  expect(of('reach')?.verdict).toBe('ok')
  for (const id of ['credential', 'errors', 'count-tokens', 'models', 'size'])
    expect(of(id)).toMatchObject({
      verdict: 'skipped',
      evidence: expect.stringContaining('Claude Code’s own login'),
    })
})

test('what a redirect names is one word of a shell', async () => {
  const location = "https://evil.example/x;touch$IFS/tmp/pwned&&echo'/v1/messages"
  const upstream = await startBrokenGateway(await startModelApi(), {
    answer: (_request, response) => !!response.writeHead(307, { location }).end(),
  })
  const { of } = await doctor(upstream, { CLAUDE_GW_CREDENTIAL: 'env:KEY', KEY: 'canary-key-of-the-gateway' })
  const [, command = ''] = /(claude-gw config set upstream .*)$/.exec(of('redirect')?.remedy ?? '') ?? []
  expect(command).toMatch(/^claude-gw config set upstream 'https:\/\/evil\.example\/x;/)
})

test('what mends a profile that was named is for that profile', async () => {
  const upstream = await startBrokenGateway(await startModelApi(), { looksInto: 'x-api-key' })
  const env = {
    CLAUDE_GW_STATE_DIR: temporaryDirectory(),
    CLAUDE_GW_CONFIG_DIR: temporaryDirectory(),
    KEY: 'canary-key-of-the-gateway',
  }
  for (const [key, value] of [
    ['upstream', upstream],
    ['credential', 'env:KEY'],
    ['auth', 'bearer'],
  ] as const)
    await runCli(['config', 'set', `profiles.work.${key}`, value], { env })
  const doctored = await runCli(['--profile', 'work', 'doctor', '--only', 'credential'], { env })
  expect(doctored.stdout).toContain('→ claude-gw --profile work config set auth x-api-key')
})

test('headers that carry tags are sent as in a run', async () => {
  const seen: unknown[] = []
  const upstream = await startBrokenGateway(await startModelApi(), {
    answer: ({ headers }) => {
      seen.push(headers['x-team'])
      return false
    },
  })
  const env = { CLAUDE_GW_HEADERS: '{"x-team":"tag:team"}', CLAUDE_GW_TAGS: '{"team":"payments"}' }
  await doctor(upstream, { ...env, CLAUDE_GW_CREDENTIAL: 'env:KEY', KEY: 'canary-key-of-the-gateway' })
  expect(new Set(seen)).toEqual(new Set(['payments']))
})

test('what asks nothing does not go together with what costs tokens', async () => {
  const { exitCode, stderr } = await runCli(['doctor', '--offline', '--live'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('`--offline` does not go together with')
})
