import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { expect, test } from 'vitest'
import { bashCompletion } from '../../../../src/cli/help/bash-completion.ts'
import { completionTable, namedSets } from '../../../../src/cli/help/completion-table.ts'
import { VALUES_BY_OPTION } from '../../../../src/cli/help/completion-values.ts'
import { fishCompletion } from '../../../../src/cli/help/fish-completion.ts'
import { zshCompletion } from '../../../../src/cli/help/zsh-completion.ts'
import { createProgram } from '../../../../src/cli/program/program.ts'
import { completeInBash, completeInFish, completeInZsh, shellUnavailable } from '../../../support/shells.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

const table = completionTable(createProgram(async () => {}))
const options = [...table.globals, ...table.entries.flatMap((entry) => entry.options)]

test('every option that has values of its own is one of the program', () => {
  const flags = options.flatMap((option) => option.flags)
  expect(Object.keys(VALUES_BY_OPTION).filter((flag) => !flags.includes(flag))).toEqual([])
})

test('no word that is offered means anything to a shell', () => {
  const places = [
    ...options.flatMap(({ values }) => values ?? []),
    ...table.entries.flatMap((entry) => entry.arguments),
  ]
  const sets = [...places.flatMap((values) => (values.kind === 'words' ? [values.words] : []))]
  const words = [...sets.flat(), ...[...namedSets(table).values()].flat(), ...table.entries]
  expect(words.length).toBeGreaterThan(200)
  expect(words.map(({ name }) => name).filter((name) => !/^[\w.-]+$/.test(name))).toEqual([])
})

const NASTY = `a'b"c $(touch pwned) \`touch pwned\` \\n [x]: $HOME; touch pwned`

const SHELLS = [
  ['bash', bashCompletion, completeInBash],
  ['zsh', zshCompletion, completeInZsh],
  ['fish', fishCompletion, completeInFish],
] as const

for (const [shell, write, open] of SHELLS) {
  const reason = shellUnavailable(shell)
  test.skipIf(reason)(
    `an explanation is text, and nothing that ${shell} runs${reason ? `: ${reason}` : ''}`,
    async () => {
      const cwd = temporaryDirectory()
      const script = join(temporaryDirectory(), 'completion')
      writeFileSync(script, write(completionTable(nastyProgram())))
      const complete = await open({ script, cwd })
      const offers = [...(await complete('claude-gw in')), ...(await complete('claude-gw inner --sw'))]
      expect(offers.map((offer) => offer.split('\t')[0])).toEqual(['inner', '--switch'])
      expect(offers.filter((offer) => offer.includes(NASTY))).toHaveLength(shell === 'bash' ? 0 : 2)
      expect(existsSync(join(cwd, 'pwned'))).toBe(false)
    },
  )
}

function nastyProgram(): Command {
  const program = new Command('claude-gw').description(NASTY).option('--odd <X>', NASTY)
  program.command('inner').description(NASTY).option('--switch', NASTY)
  program.command('run').description(NASTY)
  return program
}
