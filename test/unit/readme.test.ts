import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { GLOBAL_OPTIONS } from '../../src/config/global-options.ts'
import type { ConfigKey } from '../../src/config/schema.ts'
import { environmentName, keyOf, SCHEMA } from '../../src/config/schema.ts'

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')

test.each(Object.keys(SCHEMA) as ConfigKey[])('the README has the row of %s', (name) => {
  const { help, kind, default: fallback, defaultWords = `\`${kind.write(fallback)}\`` } = keyOf(name)
  expect(README).toContain(`\n| \`${name}\` | \`${environmentName(name)}\` | ${defaultWords} | ${help} |\n`)
})

test.each(GLOBAL_OPTIONS.map(({ name, value }) => (value ? `--${name} ${value}` : `--${name}`)))(
  'the README names the option %s',
  (option) => {
    expect(README).toContain(`\`${option}\``)
  },
)
