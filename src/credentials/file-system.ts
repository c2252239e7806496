import { statfsSync } from 'node:fs'
import { release } from 'node:os'

/** From linux/magic.h, and of the two NTFS drivers; what they report as a mode is that of the mount, for all files. */
const WITHOUT_MODES: Readonly<Record<number, string>> = {
  19780: 'vfat',
  538032816: 'exfat',
  1397118030: 'ntfs',
  1936094318: 'ntfs3',
  20859: 'smb',
  4283649346: 'cifs',
  4266872130: 'smb3',
}

/** How Windows folders come into WSL: by 9p, or by virtiofs, which is a kind of FUSE. Elsewhere those hold modes. */
const WINDOWS_MOUNTS: Readonly<Record<number, string>> = {
  16914839: 'a Windows folder in WSL, 9p',
  1702057286: 'a Windows folder in WSL, virtiofs',
}

/** The name of the file system that a path is on, if it cannot keep a file from others; on Linux only. */
export function fileSystemWithoutModes(path: string): string | undefined {
  return nameWithoutModes(statfsSync(path, { bigint: true }).type, release())
}

/** @param type `f_type` of statfs(2), which may be a negative number on 32-bit machines */
export function nameWithoutModes(type: bigint, kernelRelease: string): string | undefined {
  const magic = Number(BigInt.asUintN(32, type))
  const windows = /microsoft/i.test(kernelRelease) ? WINDOWS_MOUNTS[magic] : undefined
  return windows ?? WITHOUT_MODES[magic]
}
