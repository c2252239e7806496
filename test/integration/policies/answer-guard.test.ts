import { describe, expect, test } from 'vitest'
import type { AnswerAction } from '../../../src/policies/answer/answer-rule.ts'
import { USUAL_DETECTORS } from '../../../src/policies/detect/detectors.ts'
import type { PolicySettings } from '../../../src/policies/index.ts'
import { openPolicies } from '../../../src/policies/index.ts'
import type { AnswerParts } from '../../support/answer.ts'
import { apiErrorAnswer } from '../../support/answer.ts'
import {
  answerStream,
  blockStart,
  MESSAGE_START,
  readStream,
  textDelta,
  toolUse,
} from '../../support/answer-streams.ts'
import type { Fault } from '../../support/fault-upstream.ts'
import { answer, cut } from '../../support/faults.ts'
import type { Overrides } from '../../support/gateway.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { ask } from '../../support/gateway-client.ts'

const MAIL = 'anna.schmidt@firma.de'
const BODY = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'who?' }], stream: true })
const SAYS_MAIL = answerStream(
  [{ type: 'text', text: `It is ${MAIL}, I think.` }, toolUse({ to: 'b' })],
  [9, 12],
)

function streamed(body: string): AnswerParts {
  return { headers: [['content-type', 'text/event-stream']], body, framing: 'chunked', chunkBytes: 50 }
}

function guarding(action: AnswerAction, more: PolicySettings = {}): Overrides {
  const rules = USUAL_DETECTORS.map((detector) => ({ detector, action }))
  return { policies: openPolicies({ ...more, answer: { rules, maxMatchBytes: 256 } }).list }
}

/** What the client and the record get of an answer. */
async function guarded(action: AnswerAction, fault: Fault, more: PolicySettings = {}, body = BODY) {
  const gateway = await startTestGateway(fault, guarding(action, more))
  const reply = await ask(gateway, { body })
  return { ...reply, text: String(reply.body), record: await gateway.record(0), gateway }
}

describe('a streamed answer with a value', () => {
  test('passes byte for byte where it is counted', async () => {
    const { text, record } = await guarded('flag', answer(streamed(SAYS_MAIL)))
    expect(text).toBe(SAYS_MAIL)
    expect(record.policy).toEqual([{ rule: 'answer.email', action: 'flag', count: 1 }])
  })

  test('is masked', async () => {
    const { text, record } = await guarded('mask', answer(streamed(SAYS_MAIL)))
    expect(readStream(text).blocks[0]).toEqual({ type: 'text', text: 'It is [EMAIL], I think.' })
    expect(record.policy).toEqual([{ rule: 'answer.email', action: 'mask', count: 1 }])
    expect(record.outcome).toBe('ok')
  })

  test('ends before it, and the record has the usage of the whole', async () => {
    const { text, isWhole, record } = await guarded('deny', answer(streamed(SAYS_MAIL)))
    expect(isWhole).toBe(true)
    expect(text).not.toContain('firma')
    expect(readStream(text)).toMatchObject({ stopReason: 'end_turn' })
    expect(record).toMatchObject({
      ...{ outcome: 'ok', status: 200, answered_by: 'upstream', response_bytes: text.length },
      usage: { input_tokens: 9, output_tokens: 40 },
      policy: [{ rule: 'answer.email', action: 'deny', count: 1 }],
    })
  })

  test('ends for the client also if the upstream breaks off behind it, and the record says that it did', async () => {
    const parts = streamed(
      MESSAGE_START + blockStart(0, { type: 'text', text: '' }) + textDelta(0, `${MAIL} `),
    )
    const { text, record } = await guarded('deny', cut(parts, 2000, 'rst', 100))
    expect(readStream(text)).toMatchObject({ stopReason: 'end_turn' })
    expect(record).toMatchObject({ outcome: 'truncated', policy: [{ rule: 'answer.email', action: 'deny' }] })
  })
})

test('what is decided of the request comes before what is decided of the answer', async () => {
  const key = Buffer.alloc(32, 7)
  const masks = USUAL_DETECTORS.map((detector) => ({ detector, action: 'mask' as const }))
  const body = BODY.replace('who?', `who is bob@firma.de?`)
  const repeat: Fault = async (call) => {
    await call.request.arrived
    const [placeholder = ''] = /<EMAIL_[\da-f]{8}>/.exec(String(call.request.body)) ?? []
    await answer(streamed(answerStream([{ type: 'text', text: `${placeholder} knows ${MAIL}.` }], [3, 9])))(
      call,
    )
  }
  const { text, record } = await guarded(
    'mask',
    repeat,
    { mask: { rules: masks, key, onError: 'closed' } },
    body,
  )
  // What the user sent is restored, and what the model made up is masked.
  expect(readStream(text).blocks).toEqual([{ type: 'text', text: 'bob@firma.de knows [EMAIL].' }])
  expect(record.policy).toEqual([
    { rule: 'mask.email', action: 'mask', count: 1 },
    { rule: 'answer.email', action: 'mask', count: 1 },
  ])
})

test('an error of the upstream passes as it is', async () => {
  const error = apiErrorAnswer(400, 'invalid_request_error', `no ${MAIL}`)
  const { text, record } = await guarded('deny', answer(error))
  expect(text).toBe(String(error.body))
  expect(record.policy).toBeUndefined()
})

test('a message that is one JSON object is withheld likewise', async () => {
  const message = {
    ...{ type: 'message', role: 'assistant', model: 'm', stop_reason: 'tool_use', stop_sequence: null },
    content: [{ type: 'text', text: 'Yes.' }, toolUse({ to: MAIL })],
    usage: { input_tokens: 3, output_tokens: 5 },
  }
  const { text, record } = await guarded('deny', answer({ body: JSON.stringify(message) }))
  expect(JSON.parse(text)).toMatchObject({
    stop_reason: 'end_turn',
    content: [{ text: 'Yes.' }, { type: 'text' }],
  })
  expect(text).not.toContain('firma')
  expect(record).toMatchObject({
    usage: { output_tokens: 5 },
    policy: [{ rule: 'answer.email', action: 'deny' }],
  })
})

test('a count of tokens is none of its business', async () => {
  const gateway = await startTestGateway(answer({ body: '{"input_tokens":3}' }), guarding('deny'))
  const reply = await ask(gateway, {
    body: BODY,
    path: '/v1/messages/count_tokens',
    headers: [['Accept-Encoding', 'gzip']],
  })
  expect(String(reply.body)).toBe('{"input_tokens":3}')
  expect(gateway.upstream.requests[0]?.values('accept-encoding')).toEqual(['gzip'])
})

test('an answer that cannot be read passes where values are only counted, and is refused where they are not', async () => {
  const body = Buffer.from([1, 2, 3, 4])
  const fault = answer({
    headers: [
      ['content-type', 'text/event-stream'],
      ['content-encoding', 'compress'],
    ],
    body,
  })
  const flagged = await guarded('flag', fault)
  expect(flagged.body).toEqual(body)
  expect(flagged.record.policy).toEqual([{ rule: 'answer.unreadable', action: 'flag', count: 1 }])
  expect((await guarded('deny', fault)).status).toBe(502)
})
