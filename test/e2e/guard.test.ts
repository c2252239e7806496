import { expect, test } from 'vitest'
import type { ExchangeRecord } from '../../src/exchange/exchange.ts'
import { recordsOf } from '../support/claude-run.ts'
import { userFile, writeFile } from '../support/configured.ts'
import { answer } from '../support/faults.ts'
import { openSessionIn, say } from './interactive-session.ts'
import { openClaudeHome, runThrough, startMessagesUpstream, textAnswer } from './real-claude.ts'
import { screenUnavailable } from './screen.ts'

type Guard = Readonly<Record<string, unknown>>

const MAIL = 'anna.schmidt@firma.de'

/** What becomes of a prompt where the user's file has these policies. */
async function said(
  policies: { readonly guard?: Guard; readonly mask?: Guard; readonly patterns?: Guard },
  prompt = 'hello',
) {
  const home = openClaudeHome()
  writeFile(userFile(home), JSON.stringify({ policies }))
  const upstream = await startMessagesUpstream(answer(textAnswer('Yes')))
  const { exitCode, stdout } = await runThrough(home, upstream.url, ['-p', prompt])
  const records = recordsOf(home)
  return {
    exitCode,
    stdout,
    records,
    file: userFile(home),
    sent: upstream.requests.filter(({ method }) => method === 'POST'),
  }
}

function rulesOf(records: readonly ExchangeRecord[]): string[] {
  return [
    ...new Set(records.flatMap(({ policy = [] }) => policy.map(({ rule, action }) => `${rule} ${action}`))),
  ]
}

test.each<[string, Parameters<typeof said>[0], string, string, string, string]>([
  [
    'the size',
    { guard: { maxBytes: '1KB' } },
    'hello',
    'maxBytes',
    'guard.size',
    'bytes, and 1024 are allowed. Make the conversation shorter',
  ],
  [
    'a required tool',
    { guard: { requiredTools: ['mcp__audit__*'] } },
    'hello',
    'requiredTools',
    'guard.required-tools',
    'does not offer the tool `mcp__audit__*`',
  ],
  [
    'a path',
    { guard: { paths: ['!/v1/messages*'] } },
    'hello',
    'paths',
    'guard.paths',
    'is for the path `/v1/messages`',
  ],
  [
    'what takes too long',
    { guard: { deny: ['aX(.*b)?'] } },
    'aX'.repeat(20_000),
    'onError',
    'guard.unreadable',
    'takes too long to be looked through',
  ],
])(
  '%s ends a run before anything is sent, with a message that says why',
  async (_, policies, prompt, key, rule, reason) => {
    const { exitCode, stdout, records, file, sent } = await said(policies, prompt)
    expect(exitCode).toBe(1)
    expect(stdout).toContain(reason)
    expect(stdout).toContain(`the rule is \`policies.guard.${key}\` (${key === 'onError' ? 'default' : file}`)
    expect(sent).toHaveLength(0)
    expect(rulesOf(records)).toEqual([`${rule} deny`])
  },
)

test('what cannot be looked through is sent where that is wanted', async () => {
  const { exitCode, stdout, records } = await said(
    { guard: { deny: ['aX(.*b)?'], onError: 'open' } },
    'aX'.repeat(20_000),
  )
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'Yes\n' })
  expect(rulesOf(records)).toEqual(['guard.unreadable flag'])
})

test('a detector that refuses ends a run, beside one that masks and one that counts', async () => {
  const policies = {
    patterns: { 'staff-id': 'EMP-[0-9]{6}', project: 'PROJ-[0-9]+' },
    mask: { detect: ['email', 'project:flag', 'staff-id:deny'] },
  }
  const denied = await said(policies, `EMP-123456 is ${MAIL}`)
  expect(denied.exitCode).toBe(1)
  expect(denied.stdout).toContain(
    'holds what may not leave this machine: 1 × staff-id. Take it out of the conversation',
  )
  expect(denied.stdout).toContain(`the rule is \`policies.mask.detect\` (${denied.file}`)
  expect(denied.sent).toHaveLength(0)
  const sent = await said(policies, `PROJ-7 is of ${MAIL}`)
  expect(sent.stdout).toBe('Yes\n')
  expect(String(sent.sent.at(-1)?.body)).toMatch(/PROJ-7 is of <EMAIL_[\da-f]{8}>/)
  expect(rulesOf(sent.records)).toEqual(expect.arrayContaining(['mask.email mask', 'mask.project flag']))
})

test('Claude Code works where all that it does is allowed', async () => {
  const guard = {
    paths: ['/v1/messages*'],
    models: ['claude-*'],
    requiredTools: ['Bash', 'Re?d'],
    tools: ['!mcp__*'],
    maxBytes: '4MB',
  }
  const { stdout, records } = await said({ guard })
  expect(stdout).toBe('Yes\n')
  expect(rulesOf(records)).toEqual([])
})

test.skipIf(screenUnavailable)(
  'what was refused is on the screen, and the session goes on without it',
  async () => {
    const home = openClaudeHome()
    writeFile(userFile(home), JSON.stringify({ policies: { guard: { deny: ['PROJ-[0-9]+'] } } }))
    const { screen, upstream } = await openSessionIn(home, answer(textAnswer('Hello from upstream')))
    await say(screen, 'what is PROJ-7')
    await screen.waitFor(/holds what may not be\s+sent/)
    await say(screen, 'hello there')
    await screen.waitFor(/(holds what may not be\s+sent[\s\S]*){2}/)
    expect(upstream.messages()).toHaveLength(0)
    await say(screen, '/clear')
    await say(screen, 'hello again')
    await screen.waitFor(/Hello from upstream/)
  },
)
