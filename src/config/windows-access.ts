import { spawnSync } from 'node:child_process'
import { findAccessFault } from './security-descriptor.ts'

/** Prints one security descriptor a line, as text. @throws where there is none to be had */
export type ReadDescriptors = (paths: readonly string[]) => readonly string[]

/**
 * Why others than administrators could write one of these files and folders on Windows; undefined if nobody else can.
 * Node.js cannot read access lists, so PowerShell is asked, which takes about half a second.
 */
export function findWindowsFault(
  paths: readonly string[],
  read: ReadDescriptors = askPowerShell,
): string | undefined {
  try {
    const descriptors = read(paths)
    if (descriptors.length !== paths.length) return 'who may write it is not known'
    return paths.map((path, index) => findAccessFault(path, descriptors[index] as string)).find(Boolean)
  } catch {
    return 'who may write it is not known, because PowerShell did not say'
  }
}

/** The variables of a user could lead to another program, or to other modules for that one. */
const POWERSHELL = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe'
const LONGEST_RUN_MS = 8_000

function askPowerShell(paths: readonly string[]): readonly string[] {
  const quoted = paths.map((path) => `'${path.replace(/['\u2018-\u201b]/g, '$&$&')}'`)
  const script = `${quoted.join(', ')} | ForEach-Object { (Get-Acl -LiteralPath $_).Sddl }`
  const args = ['-NoProfile', '-NonInteractive', '-EncodedCommand', encoded(script)]
  const options = { env: {}, timeout: LONGEST_RUN_MS, windowsHide: true, encoding: 'utf8' } as const
  const { status, stdout } = spawnSync(POWERSHELL, args, options)
  if (status !== 0) throw new Error(`PowerShell ended with ${status}`)
  return stdout.split(/\r?\n/).filter(Boolean)
}

/** As `-EncodedCommand` takes it, so that no quoting of a command line can change it. */
function encoded(script: string): string {
  return Buffer.from(script, 'utf16le').toString('base64')
}
