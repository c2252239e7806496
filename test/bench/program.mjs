import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const PATIENCE_MS = 5000

/** Starts a node program that prints one line of JSON when it is ready. */
export async function startProgram(args, env) {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  const [line] = await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [])])
  if (line === undefined) throw new Error(`${args.join(' ')} ended before it was ready`)
  return { ready: JSON.parse(line), pid: child.pid, stop: () => stop(child) }
}

/** Milliseconds until a program has ended (`exit`), or has printed something (`output`). @param input for its stdin */
export async function timeUntil(moment, file, args, env, input) {
  const startedAt = performance.now()
  const stdin = input === undefined ? 'ignore' : 'pipe'
  const child = spawn(file, args, { env, stdio: [stdin, 'pipe', 'inherit'] })
  child.stdin?.end(input)
  const times = {}
  child.stdout.once('data', () => {
    times.output = performance.now() - startedAt
  })
  child.stdout.resume()
  const [code] = await once(child, 'exit')
  times.exit = performance.now() - startedAt
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
  return times[moment]
}

/** Seconds of CPU time that a process has used, in all its threads. */
export function cpuSeconds(pid) {
  if (existsSync(`/proc/${pid}/task`)) {
    const threads = readdirSync(`/proc/${pid}/task`)
    const nanoseconds = threads.map((thread) =>
      Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
    )
    return nanoseconds.reduce((sum, value) => sum + value, 0) / 1e9
  }
  return ps(pid, 'time')
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0)
}

/** Resident megabytes of a process now. */
export function residentMegabytes(pid) {
  return Number(ps(pid, 'rss')) / 1024
}

function ps(pid, column) {
  return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim()
}

/** A program that does not end when asked to must not hang the benchmark. */
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  await once(child, 'exit')
  clearTimeout(timer)
}
