import { expect, test } from 'vitest'
import { remoteName } from '../../../src/config/remote.ts'

test.each([
  ['https://github.com/acme/search.git', 'github.com/acme/search'],
  ['https://GitHub.com/acme/Search', 'github.com/acme/Search'],
  ['https://github.com/acme/search/', 'github.com/acme/search'],
  ['https://git.example:8443/a/b/c.git', 'git.example/a/b/c'],
  ['https://git.example/acme/search.git?token=t0ken#x', 'git.example/acme/search'],
  ['ssh://git@git.example:2222/acme/search.git', 'git.example/acme/search'],
  ['git://git.example/search', 'git.example/search'],
  ['git@github.com:acme/search.git', 'github.com/acme/search'],
  ['GitHub.com:acme/search', 'github.com/acme/search'],
  ['git.example:/srv/search.git', 'git.example/srv/search'],
  ['git@[::1]:acme/search.git', '[::1]/acme/search'],
  ['me@git.example:a@b/search', 'git.example/a@b/search'],
  ['https://git.example/%C3%9Cn%C3%AF/shop%20%41.git', 'git.example/Ünï/shop A'],
  ['https://git.example/Ünï/shop', 'git.example/Ünï/shop'],
  ['ssh://git@git.example/Ünï/shop', 'git.example/Ünï/shop'],
  ['https://git.example/a/%FF%zz%1B%41', 'git.example/a/%FF%zz%1B%41'],
  ['https://git.example/a/%41%zz%FF', 'git.example/a/A%zz%FF'],
  ['git.example:a/100%25', 'git.example/a/100%25'],
])('%s is %s', (url, name) => {
  expect(remoteName(url)).toBe(name)
})

test.each([
  ['https://me:p4ssword@git.example/acme/search', 'git.example/acme/search'],
  ['https://t0ken@git.example/acme/search', 'git.example/acme/search'],
  ['https://me:p@ss@git.example/acme/search', 'git.example/acme/search'],
  ['ssh://me:p4ssword@git.example/acme/search', 'git.example/acme/search'],
  ['me:p4ssword@git.example:acme/search', 'git.example/acme/search'],
  ['ext::https://me:p4ssword@git.example/acme/search', 'git.example/acme/search'],
])('credentials are left out of %s', (url, name) => {
  expect(remoteName(url)).toBe(name)
})

test.each([
  '/srv/git/search.git',
  '../git/search',
  'file:///srv/git/search.git',
  'C:\\git\\search.git',
  '/home/me/search/.git',
])('a folder on this machine, %s, shows its own name alone', (url) => {
  expect(remoteName(url)).toBe('search')
})

test.each([
  '',
  ' ',
  '/',
  'https://git.example',
  'https://git.example:port/a/b',
  'codecommit::eu-west-1://search',
])('nothing can be told of "%s"', (url) => {
  expect(remoteName(url)).toBeUndefined()
})
