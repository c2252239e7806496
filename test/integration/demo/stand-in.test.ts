import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { DEMO_CREDENTIAL, DEMO_PROMPTS } from '../../../src/demo/script.ts'
import { runStandIn } from '../../../src/demo/stand-in.ts'
import { startDemoUpstream } from '../../../src/demo/upstream.ts'
import { startFaultUpstream } from '../../support/fault-upstream.ts'
import { answer } from '../../support/faults.ts'

const EXPECTED = [/^A gateway .*\.\n$/, /^I will .*\.\nThe result .*\.\n$/, /^The first attempt .*\.\n$/]

test.each(DEMO_PROMPTS.map(({ prompt }, index) => [prompt, EXPECTED[index] ?? /^$/] as const))(
  'the stand-in gets through: %s',
  async (prompt, expected) => {
    const upstream = await startDemoUpstream(0)
    onTestFinished(upstream.close)
    const output = new PassThrough()
    await runStandIn(prompt, { baseUrl: upstream.url, token: DEMO_CREDENTIAL }, output)
    expect(await text(output.end())).toMatch(expected)
  },
)

test('the stand-in reports an answer that is none', async () => {
  const upstream = await startFaultUpstream(answer({ status: 503, body: 'closed' }))
  onTestFinished(upstream.close)
  const run = runStandIn('hello', { baseUrl: upstream.url, token: 'x' }, new PassThrough())
  await expect(run).rejects.toThrow('503 closed')
})
