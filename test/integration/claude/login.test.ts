import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hasSavedLogin, isApprovedApiKey } from '../../../src/claude/login.ts'
import type { ClaudePlaces } from '../../../src/claude/places.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

test('nothing saved is no login', () => {
  expect(hasSavedLogin(createPlaces())).toBe(false)
})

test('the credentials file is a login', () => {
  const places = createPlaces()
  writeFileSync(join(places.configDirectory, '.credentials.json'), '')
  expect(hasSavedLogin(places)).toBe(true)
})

test('an account is a login, whose secret is in the Keychain', () => {
  expect(hasSavedLogin(createPlaces({ oauthAccount: { emailAddress: 'a@example.com' } }))).toBe(true)
})

test('an approved key is known by its last 20 characters', () => {
  const key = `sk-ant-api03-${'x'.repeat(80)}01234567890123456789`
  const places = createPlaces({ customApiKeyResponses: { approved: ['01234567890123456789'] } })
  expect(isApprovedApiKey(places, key)).toBe(true)
  expect(isApprovedApiKey(places, `${key}x`)).toBe(false)
})

test('a rejected key is not approved', () => {
  const places = createPlaces({ customApiKeyResponses: { approved: [], rejected: ['01234567890123456789'] } })
  expect(isApprovedApiKey(places, '01234567890123456789')).toBe(false)
})

test('a broken state file says nothing', () => {
  const places = createPlaces()
  writeFileSync(places.globalConfigFile, '{')
  expect(hasSavedLogin(places)).toBe(false)
  expect(isApprovedApiKey(places, 'key')).toBe(false)
})

function createPlaces(state?: object): ClaudePlaces {
  const configDirectory = temporaryDirectory()
  const globalConfigFile = join(configDirectory, '.claude.json')
  if (state) writeFileSync(globalConfigFile, JSON.stringify(state))
  const managed = { directory: '/nonexistent', preferenceFiles: [] }
  return { configDirectory, globalConfigFile, projectDirectory: configDirectory, managed }
}
