import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MACHINE_SECTIONS, readSettings, USER_SECTIONS } from '../../src/config/file-settings.ts'
import { parseJsonTree } from '../../src/config/json-tree.ts'
import { PRICE_ROW_FIELDS } from '../../src/config/price-fields.ts'
import { readPriceFile } from '../../src/config/price-file.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
const [project = '', machine = '', prices = ''] = [...README.matchAll(/```json\n([\s\S]*?)```/g)].map(
  ([, text]) => text,
)

test.each([
  ['a repository', project, USER_SECTIONS],
  ['a machine', machine, MACHINE_SECTIONS],
] as const)('the README shows a file of %s that counts', (_case, text, sections) => {
  const settings = readSettings(parseJsonTree(text, 'README.md'), 'README.md', sections)
  expect(settings.top.length).toBeGreaterThan(0)
})

test('the README shows policies that count', () => {
  const examples = [...README.matchAll(/```\n(\{[^`]*"policies"[\s\S]*?)```/g)].map(([, text = '']) => text)
  expect(examples.length).toBeGreaterThan(3)
  for (const text of examples)
    expect(readSettings(parseJsonTree(text, 'README.md'), 'README.md', USER_SECTIONS).top).not.toEqual([])
})

test('the README names the keys of --json', () => {
  for (const name of ['key', 'value', 'origin', 'shadowed', 'enforced']) expect(README).toContain(`"${name}"`)
})

test('the README shows a price file that counts, and names every field of a row', () => {
  const path = join(temporaryDirectory(), 'prices.json')
  writeFileSync(path, prices)
  expect(readPriceFile(path, '/').rows.length).toBeGreaterThan(1)
  for (const name of Object.keys(PRICE_ROW_FIELDS))
    expect(README).toMatch(new RegExp(`^\\|.*\`${name}\``, 'm'))
})
