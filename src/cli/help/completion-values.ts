import type { Argument, Option } from 'commander'
import { CONFIG_KEYS, keyOf } from '../../config/schema.ts'
import { CHECK_IDS } from '../../doctor/check-ids.ts'
import { fieldNames } from '../../exchange/field-name.ts'
import { OUTCOMES } from '../../exchange/schema-parts.ts'
import { SIDES } from '../logs/sides.ts'
import { AXIS_NAMES } from '../usage/usage-axes.ts'
import { SORT_KEYS } from '../usage/usage-order.ts'

export interface Word {
  readonly name: string
  readonly help?: string
}

/** What may stand in one place of the command line. */
export type Values =
  | { readonly kind: 'any' }
  | { readonly kind: 'file' }
  | {
      readonly kind: 'words'
      readonly words: readonly Word[]
      /** Of a set that is offered in several places. */
      readonly name?: string
      /** Whether several may stand there, with commas. */
      readonly isList?: boolean
    }

const ANY: Values = { kind: 'any' }
const FILE: Values = { kind: 'file' }
const KEYS: Values = {
  kind: 'words',
  name: 'keys',
  words: CONFIG_KEYS.map((name) => ({ name, help: keyOf(name).help })),
}

/** By the placeholder of an argument or of an option's value. */
const BY_PLACEHOLDER: Readonly<Record<string, Values>> = { key: KEYS, request: FILE, FILE }

/** Of options whose command looks at the value itself. */
export const VALUES_BY_OPTION: Readonly<Record<string, Values>> = {
  '--log': wordsOf(keyOf('log.level').kind.choices ?? []),
  '--auth': wordsOf(['bearer', 'x-api-key', 'both']),
  '--outcome': wordsOf(OUTCOMES.enum),
  '--raw': wordsOf(SIDES),
  '--by': { ...wordsOf(AXIS_NAMES), isList: true },
  '--sort': wordsOf(SORT_KEYS),
  '--from': wordsOf(['ledger', 'log']),
  '--fields': { ...wordsOf(fieldNames()), isList: true },
  '--only': { ...wordsOf(CHECK_IDS), isList: true },
}

/** What a key takes, of those that take some words. */
export const SETTABLE_CHOICES: ReadonlyMap<string, Values> = new Map(
  CONFIG_KEYS.flatMap((name) => {
    const { choices } = keyOf(name).kind
    return choices ? [[name, wordsOf(choices)] as const] : []
  }),
)

/** What may stand behind an option; undefined for a switch. */
export function valuesOfOption(option: Option): Values | undefined {
  if (!option.required && !option.optional) return undefined
  if (option.argChoices) return wordsOf(option.argChoices)
  return VALUES_BY_OPTION[option.long ?? ''] ?? BY_PLACEHOLDER[placeholderOf(option)] ?? ANY
}

/** What may stand in the place of an argument. */
export function valuesOfArgument(argument: Argument): Values {
  if (argument.argChoices) return wordsOf(argument.argChoices)
  return BY_PLACEHOLDER[argument.name()] ?? ANY
}

/** `FILE` of `--output <FILE>`; empty for a switch. */
export function placeholderOf({ flags }: Option): string {
  return /[<[]([^>\]]+)[>\]]/.exec(flags)?.[1] ?? ''
}

function wordsOf(names: readonly string[]): Extract<Values, { kind: 'words' }> {
  return { kind: 'words', words: names.map((name) => ({ name })) }
}
