import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { knownFeatures, rememberFeatures } from '../../../src/config/upstream-features.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const GATEWAY = { name: 'https://gateway.example/claude', isAnthropic: false }

test('nothing is known of an upstream that nobody has looked at', () => {
  expect(knownFeatures(temporaryDirectory(), GATEWAY)).toEqual({})
})

test('the API itself needs no looking', () => {
  const api = { name: 'https://api.anthropic.com', isAnthropic: true }
  expect(knownFeatures(temporaryDirectory(), api)).toEqual({ toolSearch: true, fineGrainedStreaming: true })
})

test('what was seen is known of that upstream alone', () => {
  const state = temporaryDirectory()
  rememberFeatures(state, GATEWAY.name, { toolSearch: true })
  expect(knownFeatures(state, GATEWAY)).toEqual({ toolSearch: true })
  expect(knownFeatures(state, { ...GATEWAY, name: 'https://gateway.example' })).toEqual({})
})

test('what was not looked at again stays as it was, and the rest changes', () => {
  const state = temporaryDirectory()
  rememberFeatures(state, GATEWAY.name, { toolSearch: true, fineGrainedStreaming: true })
  rememberFeatures(state, GATEWAY.name, { toolSearch: false })
  expect(knownFeatures(state, GATEWAY)).toEqual({ toolSearch: false, fineGrainedStreaming: true })
})

test('it stands in a file of the user’s alone, and a damaged one is as good as none', () => {
  const state = temporaryDirectory()
  rememberFeatures(state, GATEWAY.name, { toolSearch: true })
  const folder = join(state, 'upstreams')
  const [file = ''] = readdirSync(folder)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)
  writeFileSync(join(folder, file), '{"toolSearch":"yes"')
  expect(knownFeatures(state, GATEWAY)).toEqual({})
})
