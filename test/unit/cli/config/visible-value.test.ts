import { expect, test } from 'vitest'
import { HIDDEN, visibleValue } from '../../../../src/cli/config/visible-value.ts'

test.each([
  ['https://gateway.example:8443/anthropic', 'https://gateway.example:8443/anthropic'],
  ['https://gateway.example/@team/anthropic', 'https://gateway.example/@team/anthropic'],
  ['https://gateway.example/x?key=abc', `https://gateway.example/x?${HIDDEN}`],
  ['http://user@proxy.example:8080', `http://${HIDDEN}@proxy.example:8080`],
  ['http://user:hunter2@proxy.example:8080', `http://${HIDDEN}@proxy.example:8080`],
  ['user:hunter2@proxy.example:8080', `${HIDDEN}@proxy.example:8080`],
  ['http://user:hun/ter2@proxy.example:8080', `http://${HIDDEN}@proxy.example:8080`],
  ['http://user:12/ter2@proxy.example', `http://${HIDDEN}@proxy.example`],
  ['http://user:hun#ter?2@proxy.example', `http://${HIDDEN}@proxy.example`],
  ['http://user:hun@ter2@proxy.example', `http://${HIDDEN}@proxy.example`],
])('of the URL %s nobody sees who signs in', (text, shown) => {
  expect(visibleValue(text, { key: 'proxy' }, 'anybody')).toBe(shown)
  expect(visibleValue(text, { key: 'upstream' }, 'judge')).toBe(shown)
})

test.each([
  ['see https://docs.example/@team, please', 'see https://docs.example/@team, please'],
  ['git clone https://me:hun/ter2@git.example/x now', `git clone https://${HIDDEN}@git.example/x now`],
  ['a@example.org and https://me@git.example', `a@example.org and https://${HIDDEN}@git.example`],
])('nor of one within another text: %s', (text, shown) => {
  expect(visibleValue(text, { key: 'tags', entry: 'note' }, 'anybody')).toBe(shown)
})
