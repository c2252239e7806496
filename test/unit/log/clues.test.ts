import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLine } from '../../../src/exchange/line.ts'
import { cluesOf } from '../../../src/log/clues.ts'
import { compileCondition } from '../../../src/log/condition.ts'
import { linesOf } from '../../../src/log/lines.ts'
import { conditions, loosePart } from '../../support/conditions.ts'
import { exchangeRecord } from '../../support/exchange-record.ts'

test('no line of a record that is meant is left out, whatever stands around it', () => {
  fc.assert(
    fc.property(fc.array(loosePart, { minLength: 1, maxLength: 6 }), conditions, (parts, condition) => {
      const records = parts.map((part) => ({
        ...exchangeRecord({ model: undefined, usage: undefined }),
        ...part,
      }))
      const lines = records.map((record) => JSON.stringify(record))
      const isMeant = compileCondition(condition)
      const found = Array.from(linesOf(Buffer.from(lines.join('\n')), cluesOf(condition)), String)
      // What is no record, as a status that is a text, is passed over in any case.
      const isFound = (line: string) => {
        const record = parseLine(line)
        return record !== undefined && isMeant(record)
      }
      expect(found.filter(isFound)).toEqual(lines.filter(isFound))
    }),
    { numRuns: 500 },
  )
})
