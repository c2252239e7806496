import { expect, test } from 'vitest'
import { nameWithoutModes } from '../../../src/credentials/file-system.ts'

const LINUX = '6.12.48+deb13-amd64'
const WSL = '6.6.87.2-microsoft-standard-WSL2'

test.each([
  ['vfat', 0x4d44n],
  ['exfat', 0x2011bab0n],
  ['ntfs', 0x5346544en],
  ['ntfs3', 0x7366746en],
  ['smb', 0x517bn],
  ['cifs', 0xff534d42n],
  ['smb3', 0xfe534d42n],
])('%s cannot keep a file from others', (name, type) => {
  expect(nameWithoutModes(type, LINUX)).toBe(name)
  expect(nameWithoutModes(type, WSL)).toBe(name)
})

test.each([
  ['ext4', 0xef53n],
  ['xfs', 0x58465342n],
  ['btrfs', 0x9123683en],
  ['tmpfs', 0x01021994n],
  ['overlayfs', 0x794c7630n],
  ['zfs', 0x2fc12fc1n],
  ['nfs', 0x6969n],
])('%s can', (_name, type) => {
  expect(nameWithoutModes(type, LINUX)).toBeUndefined()
  expect(nameWithoutModes(type, WSL)).toBeUndefined()
})

test.each([
  ['9p', 0x01021997n],
  ['virtiofs', 0x65735546n],
])('%s can, except under WSL, where it brings the folders of Windows', (name, type) => {
  expect(nameWithoutModes(type, LINUX)).toBeUndefined()
  expect(nameWithoutModes(type, WSL)).toContain(name)
  expect(nameWithoutModes(type, '4.4.0-19041-Microsoft')).toContain(name)
})

test('a number that a 32-bit machine took for a negative one is the same', () => {
  expect(nameWithoutModes(BigInt.asIntN(32, 0xff534d42n), LINUX)).toBe('cifs')
  expect(nameWithoutModes(BigInt.asUintN(64, BigInt.asIntN(32, 0xff534d42n)), LINUX)).toBe('cifs')
})
