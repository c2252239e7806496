import { expect, test } from 'vitest'
import { rememberFeatures } from '../../src/config/upstream-features.ts'
import type { Fault } from '../support/broken-gateway.ts'
import { GATEWAY_KEY, startBrokenGateway } from '../support/broken-gateway.ts'
import type { Home } from '../support/claude-run.ts'
import { installProgram, openHome, runIn, upstreamEnv } from '../support/claude-run.ts'
import { runCli } from '../support/cli.ts'
import { examined } from '../support/examined.ts'
import { startModelApi } from '../support/model-api.ts'
import { startServe } from '../support/serve.ts'

const NAMES = ['ENABLE_TOOL_SEARCH', 'CLAUDE_CODE_ENABLE_FINE_GRAINED_TOOL_STREAMING']

const gateway = async (fault?: Fault) => startBrokenGateway(await startModelApi(), fault)
const dropsBetas: Fault = { change: ({ headers }) => void delete headers['anthropic-beta'] }

/** What `run` gives to Claude Code. */
async function given(home: Home, upstream: string, env: Record<string, string> = {}) {
  const CLAUDE_GW_CLAUDE_COMMAND = installProgram(home, 'show.mjs')
  const { stdout } = await runIn(home, [], {
    env: { ...upstreamEnv(upstream), ...env, CLAUDE_GW_CLAUDE_COMMAND },
  })
  const child = JSON.parse(stdout).env as Record<string, string>
  return NAMES.map((name) => child[name])
}

const look = (home: Home, upstream: string, ...args: string[]) => examined(upstream, args, home.env)

test('what `doctor` saw pass is given back by `run`, of that upstream alone', async () => {
  const home = openHome()
  const [upstream, other] = [await gateway(), await gateway()]
  expect(await given(home, upstream)).toEqual([undefined, undefined])
  await look(home, upstream)
  expect(await given(home, upstream)).toEqual(['true', undefined])
  await look(home, upstream, '--live')
  expect(await given(home, upstream)).toEqual(['true', '1'])
  expect(await given(home, other)).toEqual([undefined, undefined])
})

test('what is switched off stays off', async () => {
  const home = openHome()
  const upstream = await gateway()
  await look(home, upstream)
  expect(await given(home, upstream, { CLAUDE_GW_TOOL_SEARCH: 'off' })).toEqual([undefined, undefined])
})

test('what no longer passes is taken back', async () => {
  const home = openHome()
  let fault: Fault = {}
  const upstream = await gateway({ change: (request) => fault.change?.(request) })
  await look(home, upstream)
  fault = dropsBetas
  await look(home, upstream)
  expect(await given(home, upstream)).toEqual([undefined, undefined])
})

test('`env` gives it to a shell behind the running `serve`', async () => {
  const { env, upstream } = await startServe()
  rememberFeatures(env.CLAUDE_GW_STATE_DIR, upstream.url, { toolSearch: true, fineGrainedStreaming: false })
  const { stdout } = await runCli(['env', '--shell', 'json'], { env })
  expect(NAMES.map((name) => JSON.parse(stdout)[name])).toEqual(['true', undefined])
})

test('a person is told what is remembered', async () => {
  const home = openHome()
  const upstream = await gateway()
  const env = {
    ...home.env,
    CLAUDE_GW_UPSTREAM: upstream,
    CLAUDE_GW_CREDENTIAL: 'env:GATEWAY_KEY',
    GATEWAY_KEY,
  }
  const { stderr } = await runCli(['doctor'], { env })
  expect(stderr).toContain(`claude-gw: remembered of ${upstream}: tool search works\n`)
})
