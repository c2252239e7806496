import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { REPORTERS } from './test/support/reporters.ts'

const tier = (name: string, testTimeout: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`, ...(name === 'unit' ? ['test/*.test.ts'] : [])],
    testTimeout,
  },
})

export default defineConfig({
  test: {
    reporters: REPORTERS,
    // Most of the time a test waits, for a process or an answer.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      tier('unit', 10_000),
      tier('integration', 30_000),
      { test: { ...tier('cli', 30_000).test, globalSetup: 'test/support/build.ts' } },
      {
        test: {
          ...tier('e2e', 120_000).test,
          globalSetup: ['test/support/build.ts', 'test/support/claude-code.ts'],
          fileParallelism: false,
        },
      },
    ],
  },
})
