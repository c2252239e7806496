import { describe, expect, test } from 'vitest'
import type { Fault } from '../support/broken-gateway.ts'
import { startBrokenGateway } from '../support/broken-gateway.ts'
import { examined } from '../support/examined.ts'
import { startModelApi } from '../support/model-api.ts'
import { reply } from '../support/passing.ts'
import type { VerdictRow } from '../support/verdict-table.ts'
import { verdictTable } from '../support/verdict-table.ts'
import { ZOO } from '../support/zoo.ts'
import { HARMLESS } from '../support/zoo-products.ts'

/** Each takes seconds. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  'too-long': ['--live'],
  streaming: ['--live'],
  pings: ['--live'],
  'stream-end': ['--live'],
  idle: ['--slow'],
}

const upstreamWith = async (fault?: Fault) => startBrokenGateway(await startModelApi(), fault)

test('of a healthy gateway nothing is said', async () => {
  const { exitCode, checks, found, degraded } = await examined(await upstreamWith(), ['--slow'])
  expect(found).toEqual([])
  expect(checks.filter(({ verdict }) => verdict === 'skipped')).toMatchObject([
    { id: 'dns', evidence: '127.0.0.1 is an address' },
    { id: 'tls', evidence: 'plain http' },
  ])
  expect({ exitCode, degraded }).toEqual({ exitCode: 0, degraded: [] })
})

describe('a gateway that', () => {
  const rows: VerdictRow[] = []

  test.each(ZOO.map((inmate) => [inmate.name, inmate] as const))('%s', async (_name, inmate) => {
    const [id, verdict] = inmate.finds
    const { exitCode, found } = await examined(await upstreamWith(inmate.fault), OPTIONS[id])
    const [report, ...others] = found
    expect(report).toMatchObject({ id, verdict })
    expect(report?.evidence).toMatch(inmate.evidence)
    expect(report?.remedy).toMatch(inmate.remedy)
    rows.push([inmate.name, report])
    expect(others.map((other) => other.id)).toEqual(inmate.also ?? [])
    expect(exitCode).toBe(found.some((check) => check.verdict === 'fail') ? 1 : 0)
  })

  test('has its line in the table', async ({ skip }) => {
    if (rows.length < ZOO.length) skip('not all of them were looked at')
    await expect(verdictTable('Broken gateways', rows)).toMatchFileSnapshot('doctor-zoo.md')
  })
})

describe('nothing is said of a gateway that', () => {
  test.each(HARMLESS)('%s', async (_name, fault) => {
    const { exitCode, found } = await examined(await upstreamWith(fault), ['--live'])
    expect({ found, exitCode }).toEqual({ found: [], exitCode: 0 })
  })
})

test('nothing is said of a gateway that has its own header for the key, where that is configured', async () => {
  const upstream = await upstreamWith({ looksInto: 'apikey' })
  const { found } = await examined(upstream, [], { CLAUDE_GW_AUTH: 'header:ApiKey' })
  expect(found).toEqual([])
})

describe('what is throttled is skipped', () => {
  test.each([
    ['from the first question on', 0],
    ['after some', 4],
  ])('%s', async (_name, allowed) => {
    let asked = 0
    const upstream = await upstreamWith({
      answer: ({ body }, response) => {
        // Each is looked at twice, once with its body.
        if (body.length === 0 || asked++ < allowed) return false
        return reply(response, 429, 'application/json', '{"message":"API rate limit exceeded"}')
      },
    })
    const { exitCode, found, checks } = await examined(upstream, ['--live'])
    expect({ found, exitCode }).toEqual({ found: [], exitCode: 0 })
    expect(
      checks.filter(({ evidence }) => evidence.includes('API rate limit exceeded')).length,
    ).toBeGreaterThan(3)
  })
})
