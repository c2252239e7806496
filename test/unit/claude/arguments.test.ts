import { describe, expect, test } from 'vitest'
import { parseClaudeArguments, replaceSettings } from '../../../src/claude/arguments.ts'

describe('kind of an invocation', () => {
  test.each([
    { args: [], kind: 'session' },
    { args: ['-p', 'hello'], kind: 'session' },
    { args: ['-p', '--model', 'mcp', 'hello'], kind: 'session' },
    { args: ['--add-dir', 'src', 'mcp', '-p', 'hello'], kind: 'session' },
    { args: ['--resume', 'doctor'], kind: 'session' },
    { args: ['fix', 'the', 'update'], kind: 'session' },
    { args: ['--system-prompt=--bg', 'hello'], kind: 'session' },
    { args: ['-p', '--', '--bg'], kind: 'session' },
    { args: ['--system-prompt', '--bg', 'hello'], kind: 'session' },
    { args: ['-p', 'stop', 'x'], kind: 'session' },
    { args: ['-p', 'agents'], kind: 'session' },
    { args: ['mcp', 'list', '-p'], kind: 'session' },
    { args: ['-cp', 'mcp'], kind: 'session' },
    { args: ['--model', 'opus', 'stop'], kind: 'session' },
    { args: ['--model', 'opus', 'respawn'], kind: 'session' },
    { args: ['import'], kind: 'session' },
    { args: ['mcp', 'serve'], kind: 'session' },
    { args: ['mcp', '--debug', 'serve'], kind: 'session' },
    { args: ['auto-mode', 'critique'], kind: 'session' },
    { args: ['plugin', 'eval', 'mine'], kind: 'session' },
    { args: ['--version'], kind: 'tool' },
    { args: ['stop', 'the', 'build'], kind: 'tool' },
    { args: ['logs', 'abc'], kind: 'tool' },
    { args: ['auto-mode', 'config'], kind: 'tool' },
    { args: ['-h'], kind: 'tool' },
    { args: ['mcp', 'list'], kind: 'tool' },
    { args: ['--debug', 'hooks', 'doctor'], kind: 'tool' },
    { args: ['update'], kind: 'tool' },
    { args: ['auth', 'status'], kind: 'tool' },
    { args: ['agents', '--json'], kind: 'tool' },
    { args: ['agents', '--help'], kind: 'tool' },
  ])('$args is a $kind', ({ args, kind }) => {
    expect(parseClaudeArguments(args).kind).toBe(kind)
  })

  test.each([
    { args: ['--bg', 'hello'], argument: '--bg' },
    { args: ['hello', '--background'], argument: '--background' },
    { args: ['--routine', 'nightly'], argument: '--routine' },
    { args: ['agents'], argument: 'agents' },
    { args: ['-p', '--bg', 'hello'], argument: '--bg' },
    { args: ['--model', 'opus', 'agents'], argument: 'agents' },
    { args: ['respawn', 'abc'], argument: 'respawn' },
  ])('$args starts a background session', ({ args, argument }) => {
    expect(parseClaudeArguments(args)).toMatchObject({ kind: 'background', backgroundArgument: argument })
  })
})

test('of several --settings the last counts', () => {
  expect(parseClaudeArguments(['--settings', 'a.json', '--settings={"env":{}}']).settings).toBe('{"env":{}}')
})

test('--settings behind `--` is part of the prompt', () => {
  expect(parseClaudeArguments(['--', '--settings', 'a.json']).settings).toBeUndefined()
})

test('--setting-sources is a list', () => {
  expect(parseClaudeArguments(['--setting-sources', 'project, local']).settingSources).toEqual([
    'project',
    'local',
  ])
})

test('--restricted leaves out every file of the user and the project', () => {
  expect(parseClaudeArguments(['--restricted']).settingSources).not.toContain('user')
})

test('print mode and resumption are told', () => {
  expect(parseClaudeArguments(['-p', '-c', 'go on'])).toMatchObject({ isPrint: true, isResumed: true })
})

test.each([
  { args: ['-cp', 'hi'], isPrint: true, isResumed: true },
  { args: ['-pc', 'hi'], isPrint: true, isResumed: true },
  { args: ['-pr', 'abc', 'hi'], isPrint: true, isResumed: true, operand: 'hi' },
  { args: ['-rcp', 'hi'], isPrint: false, isResumed: true, operand: 'hi' },
  { args: ['-dp', 'hi'], isPrint: false, isResumed: false, operand: 'hi' },
  { args: ['-d2e', 'hi'], isPrint: false, isResumed: false, operand: 'hi' },
])('letters in one argument: $args', ({ args, ...expected }) => {
  expect(parseClaudeArguments(args)).toMatchObject(expected)
})

test('a prompt that is an option name by value is no print mode', () => {
  expect(parseClaudeArguments(['--append-system-prompt', '-p'])).toMatchObject({ isPrint: false })
})

test('replaceSettings puts one file in place of what was given', () => {
  const args = ['-p', '--settings', 'own.json', '--settings={}', 'hello', '--', '--settings']
  expect(replaceSettings(args, '/tmp/ours.json')).toEqual([
    '--settings',
    '/tmp/ours.json',
    '-p',
    'hello',
    '--',
    '--settings',
  ])
})
