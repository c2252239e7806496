import { RECORD_FIELDS, REQUIRED_FIELDS } from '../../exchange/record-schema.ts'
import type { Described } from '../../exchange/schema-parts.ts'
import { wrapText } from '../text/folded-text.ts'

const WIDTH = 76
const NAME_WIDTH = 26

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  boolean: 'true or false',
  array: 'list',
}

/** Every field of a record, with those within it, and what the schema says of each. */
export function fieldReference(): string {
  return Object.entries(RECORD_FIELDS as Readonly<Record<string, Described>>)
    .flatMap(([name, field]) => [entryOf(name, field), ...innerEntries(name, field)])
    .join('\n')
}

function innerEntries(name: string, field: Described): readonly string[] {
  const { properties = {} } = (field['items'] as Described | undefined) ?? field
  return Object.entries(properties).map(([part, inner]) => entryOf(`${name}.${part}`, inner))
}

function entryOf(name: string, field: Described): string {
  const always = REQUIRED_FIELDS.some((required) => required === name) ? ', always there' : ''
  const choices = field['enum'] as readonly string[] | undefined
  const isToldAlready = choices?.every((choice) => field.description.includes(`\`${choice}\``))
  const texts = [field.description, ...(choices && !isToldAlready ? [`One of ${choices.join(', ')}.`] : [])]
  const lines = texts.flatMap((text) => wrapText(text, WIDTH)).map((line) => `    ${line}`)
  return [`${name.padEnd(NAME_WIDTH)}${typeWords(field)}${always}`, ...lines].join('\n')
}

function typeWords({ type, ...field }: Described): string {
  if (field['const'] !== undefined) return `always ${field['const']}`
  return [type ?? 'string']
    .flat()
    .map((name) => TYPE_WORDS[name] ?? name)
    .join(' or ')
}
