import type { ConfigKey } from '../../config/schema.ts'
import { CONFIG_KEYS, environmentName, keyOf } from '../../config/schema.ts'
import { wrapText } from '../text/folded-text.ts'

const WIDTH = 76
const NAME_WIDTH = 33

/** Every key of the configuration with its variable, what it is, what it takes, and its default. */
export function keyReference(): string {
  return CONFIG_KEYS.map(entryOf).join('\n')
}

function entryOf(name: ConfigKey): string {
  const { help, kind, default: fallback, defaultWords, isForUntrusted } = keyOf(name)
  const words = defaultWords ?? `\`${kind.write(fallback)}\``
  const trust = isForUntrusted ? '; counts from a repository without trust' : ''
  const lines = [...wrapText(help, WIDTH), ...wrapText(`${kind.expected}; default: ${words}${trust}`, WIDTH)]
  return [name.padEnd(NAME_WIDTH) + environmentName(name), ...lines.map((line) => `    ${line}`)].join('\n')
}
