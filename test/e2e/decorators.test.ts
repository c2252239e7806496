import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cacheItems, commonItems, marksIn, sentOffsets } from '../support/cached-prefix.ts'
import { recordsOf } from '../support/claude-run.ts'
import { answer } from '../support/faults.ts'
import { openRepository } from '../support/repository.ts'
import { openClaudeHome, runThrough, startMessagesUpstream, textAnswer, toolAnswer } from './real-claude.ts'

const SESSION = '3f2a9c1e-5b7d-4c2a-9e11-0a1b2c3d4e5f'
const CONCISE = { type: 'text', text: 'Be very concise.' }
const RULES = {
  brief: { text: CONCISE.text },
  early: { text: 'You work on {repository}.', at: 'system-start' },
  mind: { text: 'The branch is {branch}.', at: 'user-turn' },
}
const ENV = {
  CLAUDE_GW_POLICIES_DECORATORS: JSON.stringify(RULES),
  CLAUDE_GW_POLICIES_MASK_DETECT: '["email"]',
}

/** A home in whose project Claude Code finds notes, a file, and a repository. */
function openProject() {
  const home = openClaudeHome()
  writeFileSync(join(home.project, 'CLAUDE.md'), 'Notes of the project.')
  writeFileSync(join(home.project, 'a.txt'), 'written by anna.schmidt@firma.de')
  return { home, changeBranch: openRepository(home.project, 'git@github.com:acme/shop.git', 'main') }
}

/** Reads a file, answers, reads it again, answers. */
function startUpstream(project: string) {
  const read = (id: string) => answer(toolAnswer('Read', { file_path: join(project, 'a.txt') }, { id }))
  const say = (text: string) => answer(textAnswer(text))
  return startMessagesUpstream(read('one'), say('First'), say('Second'), read('two'), say('Third'))
}

test('texts stand where they should, and a conversation that goes on keeps its cached prefix over a change of branch', async () => {
  const { home, changeBranch } = openProject()
  const upstream = await startUpstream(home.project)
  const run = (...args: string[]) => runThrough(home, upstream.url, args, { env: ENV })
  expect(await run('-p', 'read a.txt', '--session-id', SESSION)).toMatchObject({
    exitCode: 0,
    stdout: 'First\n',
  })
  changeBranch('fix/other')
  expect(await run('-p', 'and again', '--resume', SESSION)).toMatchObject({ stdout: 'Second\n' })
  expect(await run('-p', 'once more', '--continue')).toMatchObject({ stdout: 'Third\n' })

  const sent = upstream.messages().map(({ body }) => body)
  expect(sent).toHaveLength(5)
  for (const body of sent) {
    const system = JSON.parse(String(body)).system
    expect(system[0].text).toMatch(/^x-anthropic-billing-header/)
    expect(system[2]).toEqual({ type: 'text', text: 'You work on github.com/acme/shop.' })
    expect(system.at(-1)).toEqual(CONCISE)
  }
  const reminders = sent.map((body) => String(body).match(/The branch is [\w/]+\./g))
  expect(reminders.map((found) => found?.length)).toEqual([1, 1, 2, 3, 3])
  expect(new Set(reminders.flat())).toEqual(new Set(['The branch is main.']))
  for (let index = 1; index < sent.length; index += 1) {
    const [before, now] = [sent[index - 1], sent[index]].map((body) => cacheItems(body as Buffer))
    expect(commonItems(before as string[], now as string[])).toBe(before?.length)
  }
  expect(recordsOf(home)[0]?.policy).toEqual([
    { rule: 'decorators.brief', action: 'decorate', count: 1 },
    { rule: 'decorators.early', action: 'decorate', count: 1 },
    { rule: 'decorators.mind', action: 'decorate', count: 1 },
  ])

  await run('-p', 'something new')
  expect(String(upstream.messages().at(-1)?.body)).toContain('The branch is fix/other.')
})

test('nothing else is changed, and there are as many marks for the cache as without the texts', async () => {
  const { home } = openProject()
  const prompt = async (session: string, env: Record<string, string>) => {
    const upstream = await startMessagesUpstream(answer(textAnswer('Yes')))
    await runThrough(home, upstream.url, ['-p', 'hello there', '--session-id', session], { env })
    await runThrough(home, upstream.url, ['-p', 'go on', '--resume', session], { env })
    return upstream.messages().map(({ body }) => Buffer.from(String(body).replaceAll(session, SESSION)))
  }
  const plain = await prompt('11111111-5b7d-4c2a-9e11-0a1b2c3d4e5f', {})
  const sent = await prompt('22222222-5b7d-4c2a-9e11-0a1b2c3d4e5f', ENV)
  const blocks = [RULES.brief.text, 'You work on github.com/acme/shop.'].map((text) => ({
    type: 'text',
    text,
  }))
  const reminder = '\n\n<system-reminder>\nThe branch is main.\n</system-reminder>'
  const inserted = [
    ...blocks.map((block) => `,${JSON.stringify(block)}`),
    JSON.stringify(reminder).slice(1, -1),
  ]
  expect(plain).toHaveLength(2)
  plain.forEach((original, index) => {
    const offsets = sentOffsets(original, sent[index] as Buffer, { inserted, values: [] })
    expect(offsets.at(-1)).toBe(sent[index]?.length)
    expect(marksIn(sent[index] as Buffer)).toBe(marksIn(original))
  })
})
