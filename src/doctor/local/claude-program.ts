import { GatewayError } from '../../base/errors.ts'
import type { HelperOutcome } from '../../credentials/helper-process.ts'
import { runHelper } from '../../credentials/helper-process.ts'
import type { Machine } from '../../credentials/machine.ts'
import type { Check, Finding } from '../check.ts'
import { fail, failed, ok, warn } from '../check.ts'

export interface ClaudeProgramFacts {
  /** Gives its path. @throws GatewayError CLAUDE_NOT_FOUND, CLAUDE_NOT_EXECUTABLE */
  readonly locate: () => string
  /** Whether the configuration names it, so that it has to be there. */
  readonly isNamed: boolean
  /** What it is run on, with an environment without secrets of ours. */
  readonly machine: Machine
}

type Version = readonly [major: number, minor: number, patch: number]

const TIMEOUT_MS = 8_000
/** What claude-gw was tried with reaches from here on; older ones may follow settings past it. */
const OLDEST: Version = [2, 1, 197]

/** Where Claude Code is, and whether it runs. `serve` does without it. */
export function claudeProgramCheck(facts: ClaudeProgramFacts): Check {
  return {
    id: 'claude',
    title: 'Claude Code is found and runs',
    cost: 'nothing',
    run: async () => {
      try {
        const path = facts.locate()
        return judge(path, await askVersion(path, facts.machine))
      } catch (error) {
        return absence(error, facts)
      }
    },
  }
}

function askVersion(path: string, machine: Machine): Promise<HelperOutcome> {
  const command = { kind: 'program', file: path, args: ['--version'] } as const
  return runHelper(command, { machine, timeoutMs: TIMEOUT_MS })
}

function absence(error: unknown, { isNamed }: ClaudeProgramFacts): Finding {
  const isAbsent = error instanceof GatewayError && error.code === 'CLAUDE_NOT_FOUND'
  if (!isAbsent || isNamed) return failed(error)
  return warn(`${error.message}: \`run\` needs it`, { remedy: error.remedy })
}

function judge(path: string, outcome: HelperOutcome): Finding {
  const remedy = `see what \`${path} --version\` says`
  if (outcome.kind === 'not-found') return fail(`${path} is there, and what it starts is not`, { remedy })
  if (outcome.kind !== 'exited') return fail(`${path} --version: ${outcome.reason}`, { remedy })
  if (outcome.exitCode !== 0) return fail(`${path} --version exits with ${outcome.exitCode}`, { remedy })
  const version = versionIn(outcome.stdout)
  if (!version) return warn(`${path} does not tell a version as Claude Code does`, { remedy })
  const evidence = `${version.join('.')}, ${path}`
  if (!isOlder(version, OLDEST)) return ok(evidence)
  return warn(`${evidence}; claude-gw was tried with ${OLDEST.join('.')} and newer`, {
    remedy: 'run `claude update`',
  })
}

function versionIn(text: string): Version | undefined {
  const [, ...digits] = /^(\d+)\.(\d+)\.(\d+).*\(Claude Code\)/m.exec(text) ?? []
  return digits.length === 3 ? (digits.map(Number) as unknown as Version) : undefined
}

function isOlder(version: Version, than: Version): boolean {
  const index = version.findIndex((part, position) => part !== than[position])
  return index !== -1 && (version[index] as number) < (than[index] as number)
}
