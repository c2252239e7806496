import { expect, test } from 'vitest'
import { apiErrorAnswer } from '../../support/answer.ts'
import { answer } from '../../support/faults.ts'
import { CREDENTIAL, startTestGateway } from '../../support/gateway.ts'
import { ask } from '../../support/gateway-client.ts'

const LONG = 'x'.repeat(100_000)

test('texts from the wire are cut in the record, and only there', async () => {
  const gateway = await startTestGateway(answer(apiErrorAnswer(400, 'invalid_request_error', LONG)))
  const reply = await ask(gateway, { body: JSON.stringify({ model: LONG }) })
  expect(reply.body.toString()).toContain(LONG)
  const record = await gateway.record(0)
  expect(record.model).toMatch(/^x{2000}…$/)
  expect(record.error?.message).toMatch(/^x{2000}…$/)
})

test('a secret is not cut in half, which would hide it from the search for secrets', async () => {
  const message = `${'x '.repeat(995)}${CREDENTIAL} and more`
  const gateway = await startTestGateway(answer(apiErrorAnswer(400, 'invalid_request_error', message)))
  await ask(gateway)
  expect((await gateway.record(0)).error?.message).toMatch(/^(x ){995}\[redacted\]…$/)
})
