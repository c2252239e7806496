import { expect, test } from 'vitest'
import type { Fault } from '../support/broken-gateway.ts'
import { GATEWAY_KEY, startBrokenGateway } from '../support/broken-gateway.ts'
import { runCli } from '../support/cli.ts'
import { startModelApi } from '../support/model-api.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const ALIASES = JSON.stringify({ fast: 'claude-haiku-4-5', gone: 'acme-model' })

async function models(fault: Fault, args: readonly string[], env: Record<string, string> = {}) {
  const upstream = await startBrokenGateway(await startModelApi(), fault)
  const own = {
    CLAUDE_GW_STATE_DIR: temporaryDirectory(),
    CLAUDE_GW_UPSTREAM: upstream,
    CLAUDE_GW_CREDENTIAL: 'env:GATEWAY_KEY',
    GATEWAY_KEY,
  }
  return runCli(['models', ...args], { env: { ...own, ...env } })
}

const unlisted: Fault = {
  answer: ({ path }, response) => {
    if (path.startsWith('/v1/models')) response.writeHead(404).end('{"message":"no such path"}')
    return path.startsWith('/v1/models')
  },
}

test('what the upstream lists has its aliases and its prices', async () => {
  const { exitCode, stdout } = await models({}, [], { CLAUDE_GW_MODELS_ALIASES: ALIASES })
  expect(exitCode).toBe(0)
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ['claude-opus-4-8', '-', '5', '25'],
    ['claude-opus-5-5', '-', '4', '20'],
    ['claude-haiku-4-5', 'fast', '1', '5'],
    ['acme-model', 'gone (not listed)', 'unknown', 'unknown'],
  ])
})

test('with `--check` each is asked for, and one without a route is a failure', async () => {
  const { exitCode, stdout } = await models({}, ['--check', '--json'], { CLAUDE_GW_MODELS_ALIASES: ALIASES })
  expect(exitCode).toBe(1)
  const routes = JSON.parse(stdout).map(({ id, listed, route }: Record<string, unknown>) => [
    id,
    listed,
    route,
  ])
  expect(routes).toEqual([
    ['claude-opus-4-8', true, 'there'],
    ['claude-opus-5-5', true, 'there'],
    ['claude-haiku-4-5', true, 'there'],
    ['acme-model', false, 'none'],
  ])
})

test('where nothing is listed, aliases are shown, and why', async () => {
  const { exitCode, stdout, stderr } = await models(unlisted, [], {
    CLAUDE_GW_MODELS_ALIASES: '{"fast":"claude-haiku-4-5"}',
  })
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^claude-haiku-4-5 +fast +1 +5\n$/)
  expect(stderr).toMatch(/lists no models \(HTTP 404: no such path\); these are the aliases/)
})

test('without a list and aliases it says so, and who finds the cause', async () => {
  const { exitCode, stderr } = await models(unlisted, [])
  expect(exitCode).toBe(5)
  expect(stderr).toMatch(/lists no models: HTTP 404: no such path\n.*claude-gw doctor/)
})

test('an upstream that is not there is an error, with aliases too', async () => {
  const env = { CLAUDE_GW_UPSTREAM: 'http://127.0.0.1:9', CLAUDE_GW_MODELS_ALIASES: ALIASES }
  const { exitCode, stdout } = await models({}, [], env)
  expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' })
})

test.each([[[]], [['--check']]])(
  'an upstream that refuses the credential is an error with aliases too: %j',
  async (args) => {
    const env = { GATEWAY_KEY: 'another-key', CLAUDE_GW_MODELS_ALIASES: ALIASES }
    const { exitCode, stdout, stderr } = await models({}, args, env)
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' })
    expect(stderr).toContain('lists no models: HTTP 401')
  },
)

test('what the upstream says does not act on the terminal', async () => {
  const evil: Fault = {
    answer: ({ path }, response) => {
      if (path.startsWith('/v1/models'))
        response.writeHead(404).end(JSON.stringify({ message: 'no\u001b[2J' }))
      return path.startsWith('/v1/models')
    },
  }
  const { stderr } = await models(evil, [], { CLAUDE_GW_MODELS_ALIASES: ALIASES })
  expect(stderr).toContain('no\\x1b[2J')
})

test('a model whose name would move the cursor does not', async () => {
  const evil: Fault = {
    answer: ({ path }, response) => {
      if (path.startsWith('/v1/models')) response.end(JSON.stringify({ data: [{ id: 'evil\u001b[2J' }] }))
      return path.startsWith('/v1/models')
    },
  }
  expect((await models(evil, [])).stdout).toContain('evil\\x1b[2J')
})
