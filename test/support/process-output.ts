import type { ChildProcess } from 'node:child_process'

export interface ProcessOutput {
  readonly stdout: string
  readonly stderr: string
}

/** Keeps what a process prints from now on. @returns what it printed so far */
export function outputOf({ stdout, stderr }: ChildProcess): () => ProcessOutput {
  const output = { stdout: '', stderr: '' }
  stdout?.on('data', (data) => {
    output.stdout += data
  })
  stderr?.on('data', (data) => {
    output.stderr += data
  })
  return () => ({ ...output })
}
