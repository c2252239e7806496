import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from 'vitest/node'

/** Says at the end of a run what was not tested and why, each reason once: those who run it may take it for tested. */
class SkipReporter implements Reporter {
  #isWhole = true

  onInit({ config }: Vitest): void {
    this.#isWhole = config.testNamePattern === undefined
  }

  onTestRunEnd(testModules: readonly TestModule[]): void {
    if (!this.#isWhole) return
    const lines = report(testModules)
    if (lines.length > 0) process.stdout.write(`\n${lines.join('\n')}\n`)
  }
}

function report(testModules: readonly TestModule[]): string[] {
  const skipped = testModules.flatMap(({ children }) => [...children.allTests('skipped')])
  const counts = new Map<string, number>()
  for (const test of skipped) counts.set(reasonOf(test), (counts.get(reasonOf(test)) ?? 0) + 1)
  return [...counts]
    .sort()
    .map(([reason, count]) => `Skipped ${count} ${count === 1 ? 'test' : 'tests'}: ${reason}`)
}

/** What stands behind the colon in the name of the group that is skipped, or of the test; without one, all of it. */
function reasonOf(test: TestCase): string {
  let skipped: TestCase | TestSuite = test
  while (skipped.parent.type === 'suite' && skipped.parent.options.mode === 'skip') skipped = skipped.parent
  return /: (.+)/s.exec(skipped.name)?.[1] ?? skipped.name
}

const onGitHub = process.env['GITHUB_ACTIONS'] ? ['github-actions'] : []

/** Those that Vitest takes if nothing is said, and ours. */
export const REPORTERS = ['default', ...onGitHub, new SkipReporter()]
