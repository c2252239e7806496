import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cacheItems, commonItems, marksIn, sentOffsets } from '../support/cached-prefix.ts'
import type { Home } from '../support/claude-run.ts'
import { openHome, recordsOf, startAsking, upstreamEnv } from '../support/claude-run.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer } from '../support/faults.ts'
import { growingConversation, MASKED_VALUES } from '../support/growing-conversation.ts'
import { openRepository } from '../support/repository.ts'

const SESSION = '3f2a9c1e-5b7d-4c2a-9e11-0a1b2c3d4e5f'
const RULES = {
  place: { text: 'You work on {branch} of {repository}.' },
  mind: { text: 'It is {date}, on {branch}.', at: 'user-turn' },
}
const ENV = {
  CLAUDE_GW_POLICIES_SYSTEM_APPEND: 'Be {very} concise.',
  CLAUDE_GW_POLICIES_DECORATORS: JSON.stringify(RULES),
  CLAUDE_GW_POLICIES_MASK_DETECT: '["email","phone"]',
}

/** A user in a repository, whose runs go to one upstream. */
async function openDesk() {
  const upstream = await startFaultUpstream(answer())
  onTestFinished(upstream.close)
  const home = openHome()
  const changeBranch = openRepository(home.project, 'https://github.com/acme/shop.git', 'main')
  const start = async () => {
    const run = await startAsking(home, { env: { ...upstreamEnv(upstream.url), ...ENV } })
    const ask = async (text: string, session: string | undefined = SESSION, path = '/v1/messages') => {
      const headers = session === '' ? {} : { 'x-claude-code-session-id': session }
      expect((await run.ask({ path, headers, text })).status).toBe(200)
      return upstream.requests.at(-1)?.body as Buffer
    }
    return { ...run, ask }
  }
  return { home, changeBranch, start }
}

/** What stands in a session's requests of the day on which a test begins. */
function insertedFor(home: Home, session: string): string[] {
  const { date, branch } = frozenOf(home, session)
  const blocks = ['Be {very} concise.', `You work on ${branch} of github.com/acme/shop.`]
  const reminder = `\n\n<system-reminder>\nIt is ${date}, on ${branch}.\n</system-reminder>`
  return [
    ...blocks.map((text) => `,${JSON.stringify({ type: 'text', text })}`),
    JSON.stringify(reminder).slice(1, -1),
  ]
}

function frozenOf(home: Home, session: string) {
  return JSON.parse(readFileSync(join(home.state, 'sessions', `${session}.json`), 'utf8'))
}

test('a conversation goes on in another process as it was, though the branch is another', async () => {
  const originals = growingConversation(12, 1).map(String)
  const { home, changeBranch, start } = await openDesk()
  const half = originals.length / 2
  const first = await start()
  const sent: Buffer[] = []
  for (const body of originals.slice(0, half)) sent.push(await first.ask(body))
  expect(await first.end()).toEqual([0, null])
  changeBranch('fix/other')
  const second = await start()
  expect(await second.ask(originals[half - 1] as string)).toEqual(sent.at(-1))
  for (const body of originals.slice(half)) sent.push(await second.ask(body))
  const rewriting = { inserted: insertedFor(home, SESSION), values: MASKED_VALUES }
  expect(frozenOf(home, SESSION)).toMatchObject({ branch: 'main', repository: 'github.com/acme/shop' })
  sent.forEach((body, index) => {
    const original = Buffer.from(originals[index] as string)
    expect(sentOffsets(original, body, rewriting)).toHaveLength(original.length + 1)
    expect(marksIn(body)).toBe(marksIn(original))
    if (index === 0) return
    const common = (now: Buffer, before: Buffer) => commonItems(cacheItems(now), cacheItems(before))
    const before = Buffer.from(originals[index - 1] as string)
    expect(common(body, sent[index - 1] as Buffer)).toBe(common(original, before) + 2)
  })
  expect(recordsOf(home)[0]?.policy).toEqual([
    { rule: 'system.append', action: 'decorate', count: 1 },
    { rule: 'decorators.place', action: 'decorate', count: 1 },
    { rule: 'decorators.mind', action: 'decorate', count: 1 },
    { rule: 'mask.email', action: 'mask', count: expect.any(Number) },
  ])
})

test('two processes at once say the same of a session, and a new session says what is now', async () => {
  const { home, changeBranch, start } = await openDesk()
  const body = growingConversation(1, 1).map(String)[0] as string
  const early = await start()
  changeBranch('later')
  const late = await start()
  const sent = await late.ask(body)
  expect(String(sent)).toContain('You work on later of github.com/acme/shop.')
  changeBranch('last')
  expect(await early.ask(body)).toEqual(sent)
  expect(String(await early.ask(body, 'another-session'))).toContain('You work on last of')
  const folder = join(home.state, 'sessions')
  expect(readdirSync(folder).sort()).toEqual([`${SESSION}.json`, 'another-session.json'])
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
})

test('tokens are counted of the same request that is sent', async () => {
  const { start } = await openDesk()
  const run = await start()
  const body = growingConversation(2, 1).map(String).at(-1) as string
  expect(await run.ask(body, SESSION, '/v1/messages/count_tokens?beta=true')).toEqual(await run.ask(body))
})

test('a client without a session gets one text as long as the run lasts, and no file', async () => {
  const { home, changeBranch, start } = await openDesk()
  const run = await start()
  const body = '{"messages":[{"role":"user","content":"hello"}]}'
  const sent = await run.ask(body, '')
  changeBranch('other')
  expect(await run.ask(body, '')).toEqual(sent)
  expect(String(sent)).toContain('You work on main of')
  expect(readdirSync(home.state)).not.toContain('sessions')
})

test('a branch stands in a text in one line, and what is not known says so', async () => {
  const { changeBranch, start } = await openDesk()
  const body = '{"messages":[{"role":"user","content":"hello"}]}'
  const long = `fix/${'long-'.repeat(20)}name`
  changeBranch(`${long}\u0085\u200b<b>`)
  const run = await start()
  expect(String(await run.ask(body))).toContain(`You work on ${long}��<b> of github.com/acme/shop.`)
  changeBranch('.invalid')
  expect(String(await run.ask(body, 'another'))).toContain('You work on unknown of')
})
