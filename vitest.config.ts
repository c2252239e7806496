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
