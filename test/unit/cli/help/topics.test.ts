import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ERROR_TABLE } from '../../../../src/base/error-table.ts'
import { renderPage } from '../../../../src/cli/help/page.ts'
import { readTopic } from '../../../../src/cli/help/topic-page.ts'
import { TOPICS } from '../../../../src/cli/help/topics.ts'
import { createProgram } from '../../../../src/cli/program/program.ts'
import { textWidth } from '../../../../src/cli/text/text-width.ts'
import { MACHINE_SECTIONS, readSettings } from '../../../../src/config/file-settings.ts'
import { parseJsonTree } from '../../../../src/config/json-tree.ts'
import { CONFIG_KEYS, environmentName, keyOf } from '../../../../src/config/schema.ts'
import { RECORD_FIELDS } from '../../../../src/exchange/record-schema.ts'
import { faultOf, quotedCommands } from '../../../support/quoted-commands.ts'

const ROOT = join(import.meta.dirname, '../../../..')
const PAGES = TOPICS.map(({ name }) => ({ name, page: readTopic(name) }))
const DOCUMENTS = ['README.md', 'SECURITY.md', 'CHANGELOG.md'].map((name) => ({
  name,
  page: readFileSync(join(ROOT, name), 'utf8'),
}))
const REMEDIES = Object.values(ERROR_TABLE).map(({ remedy }) => remedy.replace(/\{\w+\}/g, 'x'))
/** The name of a service in the keychain. */
const NO_COMMAND = 'origin'

const program = createProgram(async () => {})
const plain = { bold: (text: string) => text, dim: String, red: String, green: String, yellow: String }

test.each([...PAGES, ...DOCUMENTS, { name: 'remedies', page: REMEDIES.join('\n\n') }])(
  'every command line in $name is one that the program takes',
  ({ page }) => {
    const lines = quotedCommands(page)
    expect(lines.length).toBeGreaterThan(2)
    expect(lines.flatMap((line) => (line === NO_COMMAND ? [] : (faultOf(program, line) ?? [])))).toEqual([])
  },
)

test.each([
  ['logs --nonsense', 'has no option --nonsense'],
  ['confg list', 'takes no confg'],
  ['logs show ID --raw', 'wants a value'],
  ['settings --scope everybody', 'does not take everybody'],
  ['config set upstrem https://x', 'no key `upstrem`'],
  ['config set policies.mask.detect all', 'must be a JSON array'],
])('a command line that is wrong is found: %s', (line, fault) => {
  expect(faultOf(program, line)).toContain(fault)
})

test.each(PAGES)('what $name shows as JSON is a file that counts, or settings of Claude Code', ({ page }) => {
  for (const [, text = ''] of page.matchAll(/```json\n([\s\S]*?)```/g)) {
    if (/statusLine/.test(text)) expect(JSON.parse(text)).toHaveProperty('statusLine.command')
    else
      expect(readSettings(parseJsonTree(text, 'page'), 'page', MACHINE_SECTIONS).top.length).toBeGreaterThan(
        0,
      )
  }
})

test.each(PAGES)('the variables and keys in $name are known', ({ page }) => {
  const variables = new Set([
    ...CONFIG_KEYS.map(environmentName),
    'CLAUDE_GW_CONFIG_DIR',
    'CLAUDE_GW_STATE_DIR',
  ])
  const named = [...page.matchAll(/\bCLAUDE_GW_[A-Z_]+\b/g)].map(([name]) => name)
  expect(named.filter((name) => !variables.has(name))).toEqual([])
  const sections = new Set(CONFIG_KEYS.flatMap((key) => (key.includes('.') ? [key.split('.')[0]] : [])))
  const dotted = [...page.matchAll(/`([a-z]\w*(?:\.\w+)+)`/g)].map(([, name = '']) => name)
  const keys = dotted.filter((name) => sections.has(name.split('.')[0]))
  expect(keys.filter((name) => !CONFIG_KEYS.some((key) => key === name))).toEqual([])
})

test.each(PAGES)('$name fits into 80 columns, begins with a heading, and has no mark left', ({ page }) => {
  const lines = renderPage(page, plain).split('\n')
  expect(lines.filter((line) => textWidth(line) > 80)).toEqual([])
  expect(page).toMatch(/^# \S/)
  expect(page).not.toContain('<!--')
})

test('the configuration page has every key with its variable, and the log page every field', () => {
  const [configuration, log] = [readTopic('configuration'), readTopic('log-format')]
  for (const key of CONFIG_KEYS) {
    expect(configuration).toMatch(new RegExp(`^${key.replaceAll('.', '\\.')} +${environmentName(key)}$`, 'm'))
    expect(configuration.replace(/\s+/g, ' ')).toContain(`${keyOf(key).help} `)
  }
  for (const [name, { description }] of Object.entries(RECORD_FIELDS)) {
    expect(log).toMatch(new RegExp(`^${name} `, 'm'))
    expect(log.replace(/\s+/g, ' ')).toContain(description)
  }
  expect(log).toMatch(/^attempts\.duration_ms +number$/m)
})

test('each page is a topic, no topic is called as a command is, and the README names all', () => {
  const files = readdirSync(join(ROOT, 'src/cli/help/pages')).map((name) => name.replace('.md', ''))
  expect(files.toSorted()).toEqual(TOPICS.map(({ name }) => name).toSorted())
  const commands = program.commands.map((command) => command.name())
  for (const { name } of TOPICS) {
    expect(commands).not.toContain(name)
    expect(DOCUMENTS[0]?.page).toContain(`\`${name}\``)
  }
})

test('headings are bold, blocks of code indented, and nothing else changed', () => {
  const page = '# Title\n\nText `code`.\n\n```\n# no heading\n\nx\n```\n'
  expect(renderPage(page, { ...plain, bold: (text) => `<${text}>` })).toBe(
    '<Title>\n\nText `code`.\n\n    # no heading\n\n    x\n',
  )
})
