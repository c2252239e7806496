import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readPriceFile } from '../../../src/config/price-file.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const ROW = { model: 'corp-opus', input: 4, output: 20 }

function write(text: string) {
  const home = temporaryDirectory()
  const path = join(home, 'prices.json')
  writeFileSync(path, text)
  return { home, path, read: () => readPriceFile(path, home) }
}

function failure(text: string): string {
  const { path, read } = write(text)
  try {
    read()
  } catch (error) {
    return (error as Error).message.replace(path, 'FILE')
  }
  throw new Error('it was accepted')
}

/** A file whose rows stand on the lines from 3 on. */
function fileOf(...rows: readonly object[]): string {
  return `{"date": "2026-11-01",\n "prices": [\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]}`
}

test('a file gives its rows as they stand, also from the home folder', () => {
  const rows = [
    { ...ROW, until: '2026-10-07', cache_read: 0.2, cache_write_5m: 5, cache_write_1h: 8, web_search: 10 },
    { ...ROW, from: '2026-10-07', fast: 2, inference_geo_us: 1.1, batch: 0.5 },
    { ...ROW, from: '2026-10-07', prompt_over: 200_000 },
  ]
  const { home, path } = write(fileOf(...rows))
  expect(readPriceFile('~/prices.json', home)).toEqual({ path, date: '2026-11-01', rows })
})

test.each([
  ['{"date": "2026-11-01",\n "prices": [}', 'FILE:2:13: a value is missing, or is no valid JSON'],
  ['[]', 'FILE:1:1: it is no JSON object'],
  ['{"prices": []}', 'FILE:1: the field `date` is missing'],
  ['{"date": "2026-02-30", "prices": []}', '`date` must be a date such as "2026-11-01", not "2026-02-30"'],
  ['{"date": "2026-11-01",\n "rows": []}', 'FILE:2: there is no field `rows`'],
  [
    '{"date": "2026-11-01",\n "prices": {}}',
    'FILE:2: `prices` must be a list of rows, not what stands there',
  ],
  [fileOf(ROW, []), 'FILE:4: row 2: it must be an object in braces'],
  [fileOf({ model: 'x', input: 1 }), 'FILE:3: row 1 (x): the field `output` is missing'],
  [fileOf(ROW, { ...ROW, model: '' }), 'FILE:4: row 2 (): `model` must be the name of a model, not ""'],
  [fileOf({ ...ROW, inputs: 1 }), 'row 1 (corp-opus): there is no field `inputs`; did you mean `input`?'],
  [fileOf({ ...ROW, input: '4' }), 'row 1 (corp-opus): `input` must be a number of USD, 0 or more, not "4"'],
  [fileOf({ ...ROW, cache_read: -1 }), '`cache_read` must be a number of USD, 0 or more, not "-1"'],
  [fileOf({ ...ROW, fast: null }), '`fast` must be a number, 0 or more, not "null"'],
  [fileOf({ ...ROW, prompt_over: 1.5 }), '`prompt_over` must be a whole number of tokens, not "1.5"'],
  [fileOf({ ...ROW, from: '7.10.2026' }), '`from` must be a date such as "2026-11-01", not "7.10.2026"'],
  [fileOf({ ...ROW, from: '2026-11-01', until: '2026-11-01' }), '`until` must be after `from` (2026-11-01)'],
  [fileOf(ROW, { ...ROW, from: '2026-10-07' }), 'row 2 (corp-opus): row 1 has a price for the same prompts'],
  [fileOf({ ...ROW, '\u001b[2J': 1 }), 'there is no field `�[2J`'],
])('%s is refused: %s', (text, message) => {
  expect(failure(text)).toContain(message)
})

test('no file is an error that names it', () => {
  expect(() => readPriceFile('/nonexistent/prices.json', '/')).toThrow(
    'cannot read /nonexistent/prices.json: there is no such file',
  )
})

test('a folder is none', () => {
  expect(() => readPriceFile('/', '/')).toThrow('it is no regular file')
})
