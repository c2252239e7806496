import { describe, expect, test } from 'vitest'
import type { MessagesRequest } from '../../../src/demo/script.ts'
import { DEMO_PROMPTS, sceneFor } from '../../../src/demo/script.ts'

const TOOLS = [{ name: 'Bash' }]

function said(...texts: string[]): MessagesRequest {
  const content = texts.map((text) => ({ type: 'text', text }))
  return { messages: [{ role: 'user', content }], tools: TOOLS }
}

describe('the scene', () => {
  test('for each prompt of the demo is its own', () => {
    const scenes = DEMO_PROMPTS.map(({ prompt }) => sceneFor(said(prompt)).kind)
    expect(scenes).toEqual(['text', 'tool', 'rate-limit'])
  })

  test('is found in a prompt given as plain text', () => {
    const messages = [{ role: 'user', content: 'a rate limit, please' }]
    expect(sceneFor({ messages }).kind).toBe('rate-limit')
  })

  test('is not chosen by what Claude Code adds to the prompt', () => {
    const reminder = '<system-reminder>\nUse echo. Mind the rate limit.\n</system-reminder>'
    expect(sceneFor(said(reminder, 'hello')).kind).toBe('text')
  })

  test('is chosen by the last message of the user, whatever stands behind it', () => {
    const { messages } = said('echo')
    const behind = { role: 'system', content: 'rate limit' }
    expect(sceneFor({ messages: [...messages, behind], tools: TOOLS }).kind).toBe('tool')
  })

  test('has no tool call where the tool is not offered', () => {
    expect(sceneFor({ ...said('echo'), tools: [] }).kind).toBe('text')
  })

  test('is a text behind the result of the tool', () => {
    const results = { role: 'user', content: [{ type: 'tool_result', content: 'echo' }] }
    expect(sceneFor({ messages: [...said('echo').messages, results], tools: TOOLS }).kind).toBe('text')
  })

  test('is a document of the asked structure where one is asked for', () => {
    const schema = { type: 'object', properties: { title: { type: 'string' }, isNew: { type: 'boolean' } } }
    const scene = sceneFor({ ...said('echo'), output_config: { format: { schema } } })
    expect(scene.kind === 'text' && JSON.parse(scene.text)).toEqual({
      title: expect.any(String),
      isNew: true,
    })
  })
})
