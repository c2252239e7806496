import { expect, test } from 'vitest'
import { recordName, resolveTags } from '../../../src/config/tags.ts'

test('the configuration goes over what was found', () => {
  const found = { project: 'search', branch: 'main' }
  expect(resolveTags({ project: 'engine', team: 'blue' }, found)).toEqual({
    project: 'engine',
    branch: 'main',
    team: 'blue',
  })
})

test('the cost centre has the name of the record, and names of the user stay', () => {
  expect(resolveTags({ costCenter: '4711', teamName: 'blue' }, {})).toEqual({
    cost_center: '4711',
    teamName: 'blue',
  })
  expect(recordName('cost_center')).toBe('cost_center')
})

test('a name like a part of Object.prototype is one as any other', () => {
  const tags = resolveTags(JSON.parse('{"__proto__":"a","constructor":"b"}'), {})
  expect(Object.entries(tags)).toEqual([
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ])
})
