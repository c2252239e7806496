import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import type { Context } from '../../../src/cli/context.ts'
import { escapeControls, escapeJson, openPalette, print } from '../../../src/cli/output.ts'

test.each([
  ['\x1b[31mred', '\\x1b[31mred'],
  ['a\nb\r\tc', 'a\\nb\\r\\tc'],
  ['\x00\x07\x7f', '\\x00\\x07\\x7f'],
  ['\x9b31m', '\\x9b31m'],
  ['\u202egnp.exe', '\\u202egnp.exe'],
  ['\u2066\u200b\ufeff', '\\u2066\\u200b\\ufeff'],
  ['\u{e0041}', '\\u{e0041}'],
  ['\ud800', '\\ud800'],
  ['日本 é 🎉 ↳', '日本 é 🎉 ↳'],
])('%j is shown as %s', (text, shown) => {
  expect(escapeControls(text)).toBe(shown)
})

test('JSON is made safe, and stays the same JSON', () => {
  const value = { text: '\x7f\x9b31m\u202e\u{e0041}日本' }
  const safe = escapeJson(JSON.stringify(value))
  expect(safe).toBe('{"text":"\\u007f\\u009b31m\\u202e\\udb40\\udc41日本"}')
  expect(JSON.parse(safe)).toEqual(value)
})

test.each<[Record<string, string>, boolean, boolean, boolean]>([
  [{}, true, true, true],
  [{}, true, false, false],
  [{}, false, true, false],
  [{ NO_COLOR: '1' }, true, true, false],
  [{ NO_COLOR: '' }, true, true, true],
  [{ TERM: 'dumb' }, true, true, false],
  [{ FORCE_COLOR: '1' }, true, false, true],
  [{ FORCE_COLOR: '0' }, true, true, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, false, true],
  [{ FORCE_COLOR: '1' }, false, true, false],
])('%j, colour allowed: %s, terminal: %s: coloured: %s', async (env, canColor, isTTY, isColored) => {
  const context = { env, options: { canColor } } as Context
  const { red } = await openPalette(context, { isTTY })
  expect(red('x')).toBe(isColored ? '\x1b[31mx\x1b[39m' : 'x')
})

function failingStream(code: string): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })) })
}

test('printing to where nobody reads any more says so', async () => {
  expect(await print(failingStream('EPIPE'), 'x')).toBe(false)
})

test('printing tells other errors', async () => {
  await expect(print(failingStream('ENOSPC'), 'x')).rejects.toThrow('ENOSPC')
})
