import { describe, expect, onTestFinished, test } from 'vitest'
import { apiErrorAnswer } from '../../support/answer.ts'
import { answer, answerEarly, inTurn, refuseUpload } from '../../support/faults.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { wireRequest } from '../../support/gateway-client.ts'
import { rawAnswers } from '../../support/raw-answers.ts'
import { openRaw } from '../../support/raw-client.ts'

const REFUSAL = apiErrorAnswer(413, 'request_too_large', 'Request exceeds the maximum size')
const PARTS = { ...REFUSAL, body: REFUSAL.body }
const UPLOAD = { body: Buffer.alloc(8_000_000, 'x') }

describe('T11: an answer that comes before the upload ended', () => {
  test.each(['fin', 'rst'] as const)('arrives, though the upstream then closes by %s', async (how) => {
    const gateway = await startTestGateway(refuseUpload(PARTS, 100_000, how))
    const connection = await openRaw(gateway.port)
    onTestFinished(() => connection.destroy())
    void connection.send(wireRequest(gateway, UPLOAD))
    const reply = await connection.until(({ bytes }) => rawAnswers(bytes)[0]?.isWhole === true)
    expect(rawAnswers(reply.bytes)[0]).toMatchObject({ status: 413, body: REFUSAL.body })
    expect(await gateway.record(0)).toMatchObject({ status: 413, outcome: 'http_error' })
  })

  test('leaves both connections usable', async () => {
    const gateway = await startTestGateway(inTurn(answerEarly(PARTS), answer()))
    const connection = await openRaw(gateway.port)
    onTestFinished(() => connection.destroy())
    const whole = wireRequest(gateway, UPLOAD)
    await connection.send(whole.subarray(0, 100_000))
    await connection.until(({ bytes }) => rawAnswers(bytes)[0]?.isWhole === true)
    await connection.send(whole.subarray(100_000))
    await connection.send(wireRequest(gateway))
    const reply = await connection.until(({ bytes }) => rawAnswers(bytes)[1]?.isWhole === true)
    expect(rawAnswers(reply.bytes).map((one) => one.status)).toEqual([413, 200])
    await expect.poll(() => gateway.upstream.openConnections()).toBe(1)
  })

  test('our own 413 for chunks reads on without keeping them', async () => {
    const gateway = await startTestGateway(answer(), { maxBodyBytes: 1000 })
    const connection = await openRaw(gateway.port)
    onTestFinished(() => connection.destroy())
    const [head = ''] = wireRequest(gateway, { framing: 'chunked' }).toString('latin1').split('0\r\n\r\n')
    await connection.send(head)
    const before = process.memoryUsage().arrayBuffers
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x10_0000), Buffer.from('\r\n')])
    for (let i = 0; i < 100; i++) await connection.send(chunk)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000)
    await connection.send(Buffer.concat([Buffer.from('0\r\n\r\n'), wireRequest(gateway)]))
    const reply = await connection.until(({ bytes }) => rawAnswers(bytes)[1]?.isWhole === true)
    expect(rawAnswers(reply.bytes).map((one) => one.status)).toEqual([413, 200])
  })

  test('our own answer to an upstream that is away leaves the client connection usable', async () => {
    const gateway = await startTestGateway(answer())
    await gateway.upstream.close()
    const connection = await openRaw(gateway.port)
    onTestFinished(() => connection.destroy())
    void connection.send(Buffer.concat([wireRequest(gateway, UPLOAD), wireRequest(gateway)]))
    const reply = await connection.until(({ bytes }) => rawAnswers(bytes)[1]?.isWhole === true)
    expect(rawAnswers(reply.bytes).map((one) => one.status)).toEqual([502, 502])
  })
})
