import { expect, test } from 'vitest'
import { commandName } from '../../../src/credentials/command-name.ts'

test.each([
  ['get-key --profile work', 'get-key'],
  ['  /opt/tools/get_key.sh hunter2', 'get_key.sh'],
  ['~/bin/get-key', 'get-key'],
  ['C:\\tools\\get-key.exe -x', 'get-key.exe'],
  ['python3.11 x.py', 'python3.11'],
])('%j is called %j', (line, name) => {
  expect(commandName(line)).toBe(name)
})

test.each([
  'TOKEN=hunter2 get-key',
  '"/opt/my tools/get-key"',
  '$(get-key)',
  'echo;get-key',
  '123456',
  'sk-ant-api03-0123456789',
  'hvs.CAESIJd8f7s6d5f4s3d2f1a0',
  'a'.repeat(33),
  '/opt/',
  '',
])('%j has no name that can be shown', (line) => {
  expect(commandName(line)).toBeUndefined()
})
