import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseDecorators } from '../../../src/config/decorator-parser.ts'
import { USUAL_DETECTORS } from '../../../src/policies/detect/detectors.ts'
import { openPolicies } from '../../../src/policies/index.ts'
import { cacheItems, commonBytes, commonItems, marksIn, sentOffsets } from '../../support/cached-prefix.ts'
import { answer } from '../../support/faults.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { ask } from '../../support/gateway-client.ts'
import { growingConversation, MASKED_VALUES } from '../../support/growing-conversation.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const SESSION = '3f2a9c1e-5b7d-4c2a-9e11-0a1b2c3d4e5f'
const RULES = {
  first: { text: 'You work for {user}.', at: 'system-start' },
  mind: { text: 'Mind the "tests" of {branch}.', at: 'user-turn' },
}
const IN_SYSTEM = ['You work for anna.', 'Be very concise.'].map(
  (text) => `,${JSON.stringify({ type: 'text', text })}`,
)
const IN_TURN = JSON.stringify('\n\n<system-reminder>\nMind the "tests" of main.\n</system-reminder>').slice(
  1,
  -1,
)
const REWRITING = { inserted: [...IN_SYSTEM, IN_TURN], values: MASKED_VALUES }

/** What went upstream of these bodies, through a gateway that appends, reminds and masks. */
async function sentOf(bodies: readonly Buffer[]): Promise<Buffer[]> {
  const values = { repository: 'r', branch: 'main', user: 'anna', date: '2026-11-20' }
  const { list } = openPolicies({
    decorators: {
      systemText: 'Be very concise.',
      rules: parseDecorators(RULES),
      party: {},
      values: { directory: join(temporaryDirectory(), 'sessions'), now: () => values, onTrouble: fail },
    },
    mask: {
      rules: USUAL_DETECTORS.map((detector) => ({ detector, action: 'mask' })),
      key: Buffer.alloc(32, 7),
      onError: 'closed',
    },
  })
  const gateway = await startTestGateway(answer(), { policies: list })
  for (const body of bodies) {
    const headers = [['x-claude-code-session-id', SESSION]] as const
    expect((await ask(gateway, { body, headers })).status).toBe(200)
  }
  return gateway.upstream.requests.map(({ body }) => body)
}

describe.each([1, 2])('a conversation of 30 turns with %i moving marks', (marks) => {
  const originals = growingConversation(30, marks)

  test('begins as it did before wherever the original does, and nothing else of it is changed', async () => {
    const sent = await sentOf(originals)
    const offsets = originals.map((body, index) => sentOffsets(body, sent[index] as Buffer, REWRITING))
    expect(sent.length).toBeGreaterThan(50)
    for (let index = 1; index < sent.length; index += 1) {
      const [before, now] = [index - 1, index]
      const original = commonBytes(originals[before] as Buffer, originals[now] as Buffer)
      const common = commonBytes(sent[before] as Buffer, sent[now] as Buffer)
      expect(common).toBeGreaterThanOrEqual(offsets[before]?.[original] as number)
    }
  })

  test('is for the cache what the original is, but for the blocks in the system prompt', async () => {
    const sent = await sentOf(originals)
    for (let index = 1; index < sent.length; index += 1) {
      const common = (bodies: readonly Buffer[]) =>
        commonItems(cacheItems(bodies[index - 1] as Buffer), cacheItems(bodies[index] as Buffer))
      expect(common(sent)).toBe(common(originals) + IN_SYSTEM.length)
    }
  })

  test('has a reminder in each turn, placeholders for values, and as many marks as before', async () => {
    const sent = await sentOf(originals)
    const turns = (body: Buffer) => String(body).split(IN_TURN).length - 1
    expect(turns(sent[0] as Buffer)).toBe(1)
    // Two of the 30 joined a turn that has one already.
    expect(turns(sent.at(-1) as Buffer)).toBe(28)
    sent.forEach((body, index) => {
      expect(marksIn(body)).toBe(marksIn(originals[index] as Buffer))
      for (const block of IN_SYSTEM) expect(String(body).split(block)).toHaveLength(2)
    })
    expect(String(sent.at(-1)).replaceAll(/"thinking":"[^"]*"/g, '')).not.toContain(MASKED_VALUES[1])
  })
})

function fail(reason: string): never {
  throw new Error(reason)
}
