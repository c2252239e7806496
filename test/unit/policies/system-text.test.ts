import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splice } from '../../../src/json/splice.ts'
import { appendedSystem } from '../../../src/policies/system-text.ts'

const TEXT = 'Be very "concise".\n'
const OURS = { type: 'text', text: TEXT }
const FIRST = { type: 'text', text: 'x-anthropic-billing-header: 1' }
const SECOND = { type: 'text', text: 'You are …', cache_control: { type: 'ephemeral' } }

function appended(body: string, text = TEXT): string {
  const bytes = Buffer.from(body)
  const edit = appendedSystem(bytes, text)
  return Buffer.concat(splice([bytes], edit ? [edit] : [])).toString()
}

test.each([
  ['blocks', [FIRST, SECOND], [FIRST, SECOND, OURS]],
  ['no block', [], [OURS]],
  ['a text', 'You are é', `You are é\n\n${TEXT}`],
  ['an empty text', '', TEXT],
])('stands behind %s', (_name, system, expected) => {
  const rest = { model: 'm', messages: [], metadata: { system: 'x' } }
  const sent = appended(JSON.stringify({ ...rest, system, stream: true }))
  expect(JSON.parse(sent)).toEqual({ ...rest, system: expected, stream: true })
})

test('stands alone where there is no system prompt', () => {
  expect(JSON.parse(appended('{"messages":[]} '))).toEqual({ messages: [], system: TEXT })
})

test.each([
  '{"system":[]}',
  '{"messages":[],"system":{}}',
  '{"messages":[],"system":null}',
  '[]',
  '{"messages":[',
  '',
])('a body such as %s stays', (body) => {
  expect(appended(body)).toBe(body)
})

test('every other byte stays, whatever the texts and the white space', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' })),
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.nat(3),
      fc.boolean(),
      (texts, text, indent, isBlocks) => {
        const system = isBlocks ? texts.map((one) => ({ type: 'text', text: one })) : texts.join('')
        const body = JSON.stringify(
          { model: 'm', system, messages: [{ role: 'user', content: text }] },
          undefined,
          indent,
        )
        const bytes = Buffer.from(body)
        const edit = appendedSystem(bytes, text)
        const sent = appended(body, text)
        expect(edit && sent.replace(edit.bytes.toString(), () => '').length).toBe(body.length)
        const got = JSON.parse(sent)
        expect({ ...got, system }).toEqual(JSON.parse(body))
        if (isBlocks) expect(got.system).toEqual([...(system as object[]), { type: 'text', text }])
        else expect(got.system).toBe(system === '' ? text : `${String(system)}\n\n${text}`)
      },
    ),
  )
})
