import { describe, expect, onTestFinished, test } from 'vitest'
import { apiErrorAnswer, wireBytes } from '../../support/answer.ts'
import type { ChangingSource } from '../../support/credential-source.ts'
import { changingSource, injectingFrom } from '../../support/credential-source.ts'
import type { Fault } from '../../support/fault-upstream.ts'
import { answer, answerEarly, inTurn, refuseUpload } from '../../support/faults.ts'
import type { TestGateway } from '../../support/gateway.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { sha256, wireRequest } from '../../support/gateway-client.ts'
import { rawAnswers } from '../../support/raw-answers.ts'
import type { RawConnection } from '../../support/raw-client.ts'
import { openRaw } from '../../support/raw-client.ts'

const REFUSAL = apiErrorAnswer(401, 'authentication_error', 'invalid x-api-key')
const REFUSED = { ...REFUSAL, body: REFUSAL.body }
const BODY = Buffer.alloc(8_000_000, 'x')
const FIRST_BYTES = 200_000

interface Upload {
  readonly gateway: TestGateway
  readonly source: ChangingSource
  readonly connection: RawConnection
  /** Sends what is still to come. */
  readonly complete: () => Promise<void>
}

/** An upload that is refused before its end, and of which only the first bytes have left the client. */
async function startUpload(fault: Fault, source = changingSource('old', 'new')): Promise<Upload> {
  const gateway = await startTestGateway(fault, { credentials: injectingFrom(source) })
  const connection = await openRaw(gateway.port)
  onTestFinished(() => connection.destroy())
  const whole = wireRequest(gateway, { body: BODY })
  await connection.send(whole.subarray(0, FIRST_BYTES))
  await gateway.upstream.request(0)
  await new Promise((resolve) => setTimeout(resolve, 100))
  return { gateway, source, connection, complete: () => connection.send(whole.subarray(FIRST_BYTES)) }
}

/** Refuses without reading on, and leaves the connection open. */
const refuseAndIgnore: Fault = async ({ request, incoming, socket }) => {
  await request.received(1000)
  incoming.pause()
  socket.write(wireBytes(REFUSAL))
}

const FAULTS: readonly (readonly [name: string, fault: Fault])[] = [
  ['reads on', answerEarly(REFUSED)],
  ['stops to read', refuseAndIgnore],
  ['closes', refuseUpload(REFUSED, 1000, 'fin')],
  ['resets the connection', refuseUpload(REFUSED, 1000, 'rst')],
]

describe.each(FAULTS)(
  'N13: a request that is refused before its upload ended, where the upstream %s,',
  (_, fault) => {
    test('is replayed whole with another credential', async () => {
      const { gateway, connection, complete } = await startUpload(inTurn(fault, answer()))
      expect(connection.reply().bytes).toHaveLength(0)
      await complete()
      const reply = await connection.until(({ bytes }) => rawAnswers(bytes)[0]?.isWhole === true)
      expect(rawAnswers(reply.bytes).map(({ status }) => status)).toEqual([200])
      const replayed = await gateway.upstream.request(1)
      expect(replayed.sha256).toBe(sha256(BODY))
      expect(replayed.values('authorization')).toEqual(['Bearer new'])
      expect(await gateway.record(0)).toMatchObject({
        request_bytes: BODY.length,
        attempts: [{ status: 401, reason: 'credential refused' }],
      })
    })

    test('gets the refusal byte for byte where there is no other credential', async () => {
      const { gateway, connection, complete } = await startUpload(fault, changingSource('old', 'old'))
      await complete()
      const reply = await connection.until(({ bytes }) => rawAnswers(bytes)[0]?.isWhole === true)
      expect(rawAnswers(reply.bytes)).toMatchObject([{ status: 401, body: REFUSAL.body }])
      expect(await gateway.record(0)).toMatchObject({ status: 401, outcome: 'http_error' })
      expect(gateway.upstream.requests).toHaveLength(1)
    })

    test('looks nothing up if its client leaves before', async () => {
      const { gateway, source, connection } = await startUpload(fault)
      connection.reset()
      expect(await gateway.record(0)).toMatchObject({ status: 401, outcome: 'client_aborted' })
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(source.lookUps()).toBe(0)
    })
  },
)

test('a client that leaves during the look-up is not answered, and nothing is replayed', async () => {
  const source = changingSource('old', 'new', 200)
  const { gateway, connection, complete } = await startUpload(answerEarly(REFUSED), source)
  await complete()
  await expect.poll(() => source.lookUps()).toBe(1)
  connection.reset()
  const record = await gateway.record(0)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(record).toMatchObject({ status: 401, outcome: 'client_aborted' })
  expect(record.attempts).toBeUndefined()
  expect(gateway.upstream.requests).toHaveLength(1)
  expect(gateway.records).toHaveLength(1)
})

test('a client that sends the rest only after the answer gets the refusal, and no look-up', async () => {
  const { source, connection } = await startUpload(answerEarly(REFUSED))
  const reply = await connection.until(({ bytes }) => rawAnswers(bytes)[0]?.isWhole === true, 10_000)
  expect(rawAnswers(reply.bytes)).toMatchObject([{ status: 401, body: REFUSAL.body }])
  expect(source.lookUps()).toBe(0)
})
