import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ExchangeRecord } from '../../src/exchange/exchange.ts'
import { logText, recordsOf } from '../support/claude-run.ts'
import type { Fault } from '../support/fault-upstream.ts'
import { answer } from '../support/faults.ts'
import type { RecordedRequest } from '../support/recorded-request.ts'
import { openClaudeHome, runThrough, startMessagesUpstream, textAnswer, toolAnswer } from './real-claude.ts'

const MAIL = 'anna.schmidt@firma.de'
const MODEL = 'claude-opus-4-8'
const MASK = { CLAUDE_GW_POLICIES_MASK_DETECT: '["all"]' }

test('a tool gets the value that the upstream only saw a placeholder of', async () => {
  const home = openClaudeHome()
  const file = join(home.project, 'contact.txt')
  const upstream = await startMessagesUpstream(writesPlaceholder(file), answer(textAnswer('Done')))
  const prompt = `Write the address ${MAIL} into contact.txt`
  const result = await runThrough(home, upstream.url, ['-p', prompt, '--allowedTools', 'Write'], {
    env: MASK,
  })
  expect(result).toMatchObject({ exitCode: 0, stdout: 'Done\n' })
  expect(readFileSync(file, 'utf8')).toBe(`mail "${MAIL}"\nand once more: ${MAIL}`)
  const turns = upstream.messages()
  expect(turns).toHaveLength(2)
  for (const { body } of upstream.requests) expect(String(body)).not.toContain(MAIL)
  expect(placeholderIn(turns[1])).toBe(placeholderIn(turns[0]))
  const policies = turnsOf(recordsOf(home)).map(({ policy }) => policy?.map(({ rule }) => rule))
  expect(policies).toEqual([expect.arrayContaining(['mask.email']), expect.arrayContaining(['mask.email'])])
  expect(logText(home)).not.toContain(MAIL)
})

test('what is sent of a conversation begins as it did before, in another process too', async () => {
  const home = openClaudeHome()
  const upstream = await startMessagesUpstream(
    answer(textAnswer('First')),
    answer(textAnswer(`Second`)),
    answer(textAnswer('Third')),
  )
  const run = (...args: string[]) => runThrough(home, upstream.url, args, { env: MASK })
  const session = '3f2a9c1e-5b7d-4c2a-9e11-0a1b2c3d4e5f'
  await run('-p', `remember ${MAIL}`, '--session-id', session)
  await run('-p', 'and again', '--resume', session)
  await run('-p', `who is ${MAIL}?`, '--resume', session)
  const said = upstream.messages().map((turn) => userTexts(turn).filter((text) => text.includes('<EMAIL_')))
  expect(said[1]?.[0]).toBe(said[0]?.[0])
  expect(said[2]?.slice(0, said[1]?.length)).toEqual(said[1])
  expect(said[2]).toHaveLength(2)
})

test('a budget that is used up ends the run with a message that says so', async () => {
  const home = openClaudeHome()
  const usage = { input_tokens: 1_000_000, output_tokens: 100_000 }
  const upstream = await startMessagesUpstream(answer(textAnswer('First', { model: MODEL, usage })))
  const env = limits({ daily: { usd: 5, per: 'day' } })
  const args = ['-p', 'hello', '--model', MODEL]
  const first = await runThrough(home, upstream.url, args, { env })
  expect(first).toMatchObject({ exitCode: 0, stdout: 'First\n' })
  expect(first.stderr).toMatch(/^claude-gw: limit daily: \$\d+\.\d\d of \$5\.00 per day used/)
  const asked = upstream.messages().length
  const second = await runThrough(home, upstream.url, args, { env })
  expect(second.exitCode).toBe(1)
  expect(second.stdout).toContain('the budget `daily` is used up')
  expect(upstream.messages()).toHaveLength(asked)
  const refused = recordsOf(home).filter(({ outcome }) => outcome === 'refused')
  expect(refused.length).toBeGreaterThan(0)
  for (const { client_status, policy } of refused) {
    expect(client_status).toBe(429)
    expect(policy).toEqual([{ rule: 'limits.daily', action: 'limit', count: 1 }])
  }
})

test('two runs at once share a budget', async () => {
  const home = openClaudeHome()
  const usage = { input_tokens: 100_000, output_tokens: 1000 }
  const tool = toolAnswer('Bash', { command: 'echo on', description: 'go on' }, { usage })
  const upstream = await startMessagesUpstream(answer(tool))
  const env = limits({ daily: { usd: 5, per: 'day' } })
  const args = ['-p', 'go on', '--model', MODEL, '--allowedTools', 'Bash(echo:*)']
  const runs = await Promise.all([1, 2].map(() => runThrough(home, upstream.url, args, { env })))
  for (const { stdout } of runs) expect(stdout).toContain('the budget `daily` is used up')
  const spent = recordsOf(home).map(({ cost_usd }) => cost_usd ?? 0)
  const total = spent.reduce((sum, cost) => sum + cost, 0)
  const largest = Math.max(...spent)
  expect(total).toBeGreaterThanOrEqual(5 - largest)
  expect(total).toBeLessThanOrEqual(5 + 2 * largest)
  expect(new Set(recordsOf(home).map(({ run_id }) => run_id)).size).toBe(2)
})

test('a text stands behind the system prompt, and what goes before it stays', async () => {
  const [home, plainHome] = [openClaudeHome(), openClaudeHome()]
  const text = 'Be very concise.'
  const upstream = await startMessagesUpstream(answer(textAnswer('Yes')))
  const plain = await startMessagesUpstream(answer(textAnswer('Yes')))
  const session = '3f2a9c1e-5b7d-4c2a-9e11-0a1b2c3d4e5f'
  const env = { CLAUDE_GW_POLICIES_SYSTEM_APPEND: text }
  await runThrough(home, upstream.url, ['-p', 'hello', '--session-id', session], { env })
  await runThrough(home, upstream.url, ['-p', 'go on', '--resume', session], { env })
  await runThrough(plainHome, plain.url, ['-p', 'hello', '--session-id', session])
  const [first, second] = upstream.messages().map(systemOf)
  expect(first?.at(-1)).toEqual({ type: 'text', text })
  expect(first).toHaveLength((systemOf(plain.messages()[0]).length ?? 0) + 1)
  expect(first?.[0]).toEqual(systemOf(plain.messages()[0])[0])
  expect(second?.at(-1)).toEqual({ type: 'text', text })
  expect(marksIn(upstream.messages()[0])).toBe(marksIn(plain.messages()[0]))
  expect(recordsOf(home)[0]?.policy).toEqual([{ rule: 'system.append', action: 'decorate', count: 1 }])
})

function systemOf(request: RecordedRequest | undefined): { type: string; text: string }[] {
  return JSON.parse(String(request?.body)).system
}

function marksIn(request: RecordedRequest | undefined): number {
  return String(request?.body).split('"cache_control"').length
}

function limits(rules: object): Record<string, string> {
  return { CLAUDE_GW_POLICIES_LIMITS_RULES: JSON.stringify(rules) }
}

/** Asks for a file with the placeholder of the request, in small pieces of the tool's input. */
function writesPlaceholder(file: string): Fault {
  return async (call) => {
    await call.request.arrived
    const placeholder = placeholderIn(call.request)
    const content = `mail "${placeholder}"\nand once more: ${placeholder}`
    await answer(toolAnswer('Write', { file_path: file, content }))(call)
  }
}

function placeholderIn(request: RecordedRequest | undefined): string | undefined {
  return /<EMAIL_[\da-f]{8}>/.exec(String(request?.body))?.[0]
}

function userTexts({ body }: RecordedRequest): string[] {
  const { messages } = JSON.parse(String(body))
  return messages
    .filter(({ role }: { role: string }) => role === 'user')
    .flatMap(({ content }: { content: string | { text?: string }[] }) =>
      typeof content === 'string' ? [content] : content.map(({ text = '' }) => text),
    )
}

function turnsOf(records: readonly ExchangeRecord[]): ExchangeRecord[] {
  return records.filter(({ stream, request_bytes }) => stream && request_bytes > 5000)
}

test('a guard ends a run before anything is sent, with a message that says why', async () => {
  const home = openClaudeHome()
  const upstream = await startMessagesUpstream(answer(textAnswer('Never')))
  const env = { CLAUDE_GW_POLICIES_GUARD_DENY: '["PROJ-[0-9]{4}"]' }
  const { exitCode, stdout } = await runThrough(home, upstream.url, ['-p', 'what is PROJ-1234?'], { env })
  expect(exitCode).toBe(1)
  expect(stdout).toContain('holds what may not be sent')
  expect(upstream.messages()).toHaveLength(0)
  const turns = turnsOf(recordsOf(home))
  // It tries without its newer features too, each of which a gateway may not know.
  expect(turns.length).toBeGreaterThan(0)
  for (const { outcome, policy } of turns) {
    expect({ outcome, rule: policy?.[0]?.rule }).toEqual({ outcome: 'refused', rule: 'guard.deny' })
  }
})
