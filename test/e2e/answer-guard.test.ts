import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { AnswerParts } from '../support/answer.ts'
import type { Block } from '../support/answer-streams.ts'
import { answerStream } from '../support/answer-streams.ts'
import { logText, recordsOf } from '../support/claude-run.ts'
import { answer } from '../support/faults.ts'
import { openClaudeHome, runDirect, runThrough, startMessagesUpstream, textAnswer } from './real-claude.ts'

const MAIL = 'anna.schmidt@firma.de'
const WITHHELD = /claude-gw withheld the rest of this answer, because its rule answer\.email found something/
const SAYS_MAIL: Block = { type: 'text', text: `The address is ${MAIL}, as far as I know.` }

/** A run whose first answer has these blocks, in pieces of a few letters. */
async function run(action: string, blocks: readonly Block[], ...args: string[]) {
  const home = openClaudeHome()
  const upstream = await startMessagesUpstream(answer(streamed(blocks)), answer(textAnswer('Done')))
  const env = { CLAUDE_GW_POLICIES_ANSWER_DETECT: JSON.stringify([`all:${action}`]) }
  const result = await runThrough(home, upstream.url, ['-p', 'who is it?', ...args], { env })
  const policies = recordsOf(home).flatMap(({ policy = [] }) => policy)
  return { ...result, home, requests: upstream.messages().length, policies }
}

function streamed(blocks: readonly Block[]): AnswerParts {
  const cuts = Array.from({ length: 40 }, (_, index) => index * 7)
  return { ...textAnswer(''), body: answerStream(blocks, cuts), chunkBytes: 100 }
}

function bash(command: string): Block {
  return { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command, description: 'go' } }
}

describe('an answer with a value', () => {
  test.each(['text', 'stream-json'])(
    'ends before it where it is denied, and nothing is asked again: %s',
    async (format) => {
      const more =
        format === 'text' ? [] : ['--output-format', format, '--verbose', '--include-partial-messages']
      const { exitCode, stdout, requests, policies, home } = await run('deny', [SAYS_MAIL], ...more)
      expect({ exitCode, requests }).toEqual({ exitCode: 0, requests: 1 })
      expect(stdout).toMatch(WITHHELD)
      expect(stdout).not.toContain('firma')
      expect(policies).toEqual([{ rule: 'answer.email', action: 'deny', count: 1 }])
      expect(logText(home)).not.toContain(MAIL)
      expect(recordsOf(home).find(({ policy }) => policy)).toMatchObject({
        outcome: 'ok',
        usage: { output_tokens: 40 },
      })
    },
  )

  test.each([
    ['mask', 'The address is [EMAIL], as far as I know.\n'],
    ['flag', `The address is ${MAIL}, as far as I know.\n`],
  ])('is shown where it is to be: %s', async (action, said) => {
    const { exitCode, stdout, requests, policies } = await run(action, [SAYS_MAIL])
    expect({ exitCode, stdout, requests }).toEqual({ exitCode: 0, stdout: said, requests: 1 })
    expect(policies).toEqual([{ rule: 'answer.email', action, count: 1 }])
  })
})

test('a conversation goes on behind what was withheld, and the model sees what the user saw', async () => {
  const home = openClaudeHome()
  const upstream = await startMessagesUpstream(answer(streamed([SAYS_MAIL])), answer(textAnswer('Second')))
  const env = { CLAUDE_GW_POLICIES_ANSWER_DETECT: '["all:deny"]' }
  const session = '3f2a9c1e-5b7d-4c2a-9e11-0a1b2c3d4e5f'
  await runThrough(home, upstream.url, ['-p', 'who is it?', '--session-id', session], { env })
  const second = await runThrough(home, upstream.url, ['-p', 'go on', '--resume', session], { env })
  expect(second).toMatchObject({ exitCode: 0, stdout: 'Second\n' })
  const sent = String(upstream.messages()[1]?.body)
  expect(sent).toContain('The address is ')
  expect(sent).toMatch(WITHHELD)
  expect(sent).not.toContain(MAIL)
})

test("a pattern of the user's is found in pieces too", async () => {
  const home = openClaudeHome()
  const said: Block = { type: 'text', text: 'It was EMP 123 456, who left.' }
  const upstream = await startMessagesUpstream(answer(streamed([said])))
  const env = {
    CLAUDE_GW_POLICIES_PATTERNS: '{"staff-id":"EMP [0-9]{3} [0-9]{3}"}',
    CLAUDE_GW_POLICIES_ANSWER_DETECT: '["staff-id:mask"]',
  }
  const { stdout } = await runThrough(home, upstream.url, ['-p', 'who was it?'], { env })
  expect(stdout).toBe('It was [STAFF_ID], who left.\n')
})

describe('the call of a tool with a value', () => {
  const allowed = ['--allowedTools', 'Bash']

  test('would run, once its block is closed, though the message ends the turn: so it waits until it is whole', async () => {
    const home = openClaudeHome()
    const ran = join(home.project, 'ran')
    const upstream = await startMessagesUpstream(
      answer(streamed([bash(`touch ${ran}`), { type: 'text', text: 'The end.' }])),
      answer(textAnswer('Done')),
    )
    await runDirect(home, upstream.url, ['-p', 'who is it?', ...allowed])
    expect(existsSync(ran)).toBe(true)
  })

  test('runs nothing where it is denied, and nothing is asked again', async () => {
    const ran = join(openClaudeHome().project, 'ran')
    const blocks: Block[] = [{ type: 'text', text: 'I will. ' }, bash(`touch ${ran} # ${MAIL}`)]
    const { exitCode, stdout, requests } = await run('deny', blocks, ...allowed)
    expect({ exitCode, requests }).toEqual({ exitCode: 0, requests: 1 })
    expect(stdout).toMatch(WITHHELD)
    expect(existsSync(ran)).toBe(false)
  })

  test('runs with what stands in its place where it is masked', async () => {
    const file = join(openClaudeHome().project, 'told')
    const { exitCode, stdout, requests } = await run(
      'mask',
      [bash(`printf '%s' "to ${MAIL}" > ${file}`)],
      ...allowed,
    )
    expect({ exitCode, stdout, requests }).toEqual({ exitCode: 0, stdout: 'Done\n', requests: 2 })
    expect(readFileSync(file, 'utf8')).toBe('to [EMAIL]')
  })
})
