import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import type { ExchangeRecord } from '../../src/exchange/exchange.ts'
import type { CliResult } from './cli.ts'
import { runCli, startCli } from './cli.ts'
import { validRecord } from './record-schema.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures/run')

/** The credential that upstreams are to be shown, and nobody else. */
export const UPSTREAM_SECRET = 'upstream-secret-3f9a41'

/** A user of this machine who is gone after the test. */
export interface Home {
  readonly directory: string
  /** CLAUDE_CONFIG_DIR */
  readonly claudeDirectory: string
  /** The folder that `claude-gw` is started in. */
  readonly project: string
  readonly state: string
  readonly env: Readonly<Record<string, string>>
}

export type Fixture = 'show.mjs' | 'ask.mjs' | 'exec.sh' | 'remember.mjs' | 'leave.mjs'

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Global options, which stand before `run`. */
  readonly options?: readonly string[]
  readonly input?: string
}

export function openHome(): Home {
  const directory = realpathSync(temporaryDirectory())
  const home = {
    directory,
    claudeDirectory: join(directory, '.claude'),
    project: join(directory, 'project'),
    state: join(directory, 'state'),
  }
  mkdirSync(home.claudeDirectory)
  mkdirSync(home.project)
  const env = {
    HOME: directory,
    CLAUDE_CONFIG_DIR: home.claudeDirectory,
    CLAUDE_GW_STATE_DIR: home.state,
  }
  return { ...home, env }
}

/** Variables that lead to an upstream, with a credential for it. */
export function upstreamEnv(url: string): Record<string, string> {
  return { CLAUDE_GW_UPSTREAM: url, CLAUDE_GW_CREDENTIAL: 'env:UPSTREAM_KEY', UPSTREAM_KEY: UPSTREAM_SECRET }
}

/** Puts a fixture where the home has its programs, because one inside this package would be taken for ourselves. */
export function installProgram(home: Home, fixture: Fixture, name = 'claude'): string {
  const folder = join(home.directory, 'bin')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, name)
  copyFileSync(join(FIXTURES, fixture), path)
  chmodSync(path, 0o755)
  return path
}

export function writeSettings(home: Home, scope: 'user' | 'project' | 'local', document: object): string {
  const path = {
    user: join(home.claudeDirectory, 'settings.json'),
    project: join(home.project, '.claude', 'settings.json'),
    local: join(home.project, '.claude', 'settings.local.json'),
  }[scope]
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, JSON.stringify(document))
  return path
}

/** `claude-gw run …` to its end. */
export function runIn(home: Home, args: readonly string[], options: RunOptions = {}): Promise<CliResult> {
  const { env, options: before = [], ...rest } = options
  return runCli([...before, 'run', ...args], { ...rest, env: { ...home.env, ...env }, cwd: home.project })
}

/** The records of the traffic log, in the order in which they were written. */
export function recordsOf(home: Home): ExchangeRecord[] {
  return logText(home)
    .split('\n')
    .filter(Boolean)
    .map((line) => validRecord(JSON.parse(line)))
}

/** The traffic log as it stands in its files. */
export function logText(home: Home): string {
  const folder = join(home.state, 'traffic')
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('')
}

/** What the fixture `ask.mjs` is told to send; its token goes with it unless `headers` says otherwise. */
export interface Question {
  readonly path?: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  /** Size of the body, at least. */
  readonly bytes?: number
  /** The body; `{}` if absent. */
  readonly text?: string
}

export interface Reply {
  readonly status?: number
  readonly body?: string
  /** Code of a broken connection. */
  readonly error?: string
}

/** A run whose child sends what it is told to. */
export interface AskingRun {
  readonly process: ChildProcess
  /** What the child has for its API. */
  readonly url: string
  readonly token: string
  /** Of the child. */
  readonly env: Readonly<Record<string, string>>
  readonly args: readonly string[]
  readonly childPid: number
  readonly ask: (question?: Question) => Promise<Reply>
  /** Lets the child end. @returns exit code and signal of `claude-gw` */
  readonly end: () => Promise<[number | null, NodeJS.Signals | null]>
}

/** Starts `claude-gw run` with the fixture `ask.mjs`, and waits until that is up. */
export async function startAsking(home: Home, options: Omit<RunOptions, 'input'> = {}): Promise<AskingRun> {
  const command = installProgram(home, 'ask.mjs')
  const env = { ...home.env, CLAUDE_GW_CLAUDE_COMMAND: command, ...options.env }
  return openAsking(startCli([...(options.options ?? []), 'run'], { env, cwd: home.project }))
}

/** Talks to an `ask.mjs` that was started some other way. */
export async function openAsking(child: ChildProcess): Promise<AskingRun> {
  onTestFinished(() => void child.kill('SIGKILL'))
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const { stdin, stdout } = child
  if (!stdin || !stdout) throw new Error('the run has no pipes')
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  const next = async () => JSON.parse((await lines.next()).value ?? '{}')
  const { env, args, pid } = await next()
  const ask = async (question: Question = {}) => {
    stdin.write(`${JSON.stringify(question)}\n`)
    return next()
  }
  const end = () => {
    stdin.end()
    return exited
  }
  const { ANTHROPIC_BASE_URL: url, ANTHROPIC_AUTH_TOKEN: token } = env
  return { process: child, url, token, env, args, childPid: pid, ask, end }
}
