import { nearest } from '../base/nearest.ts'
import type { Described } from '../exchange/schema-parts.ts'
import type { Test } from './condition.ts'

/** A comparison that no record can meet is a mistake. @returns what is wrong with it */
export function faultOf(test: Test, isEqual: boolean, described: Described | undefined): string | undefined {
  const { value, operator } = test
  const name = test.path.join('.')
  if (value.isNull) return isEqual ? undefined : '`null` goes with `=` and `!=` only'
  if (!described) return undefined
  const types = [described.type].flat()
  if (types.includes('object') || types.includes('array')) return objectFault(name, described)
  if (operator === '~') return undefined
  const isNumber = types.includes('number') || types.includes('integer')
  if (isNumber && value.number === undefined) return `\`${name}\` is a number, and \`${value.text}\` is none`
  if (types.includes('boolean') && !/^(true|false)$/.test(value.text)) return `\`${name}\` is true or false`
  return isEqual ? wordFault(name, value.text, described['enum'] as readonly string[] | undefined) : undefined
}

function objectFault(name: string, { properties, items }: Described): string {
  const fields = properties ?? (items as Described | undefined)?.properties
  const choice = fields ? `: ${Object.keys(fields).join(', ')}` : `, such as \`${name}.NAME\``
  return `\`${name}\` holds fields; name one of them${choice}`
}

function wordFault(name: string, word: string, known: readonly string[] | undefined): string | undefined {
  if (!known || known.includes(word)) return undefined
  const guess = nearest(word, known)
  const hint = guess ? `did you mean \`${guess}\`?` : `it is one of ${known.join(', ')}`
  return `\`${name}\` is never \`${word}\`; ${hint}`
}
