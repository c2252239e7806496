import { expect, test } from 'vitest'
import { findAccessFault } from '../../../src/config/security-descriptor.ts'
import { findWindowsFault } from '../../../src/config/windows-access.ts'

const FILE = String.raw`C:\ProgramData\claude-gw\config.json`

test.each([
  ['made by an administrator, read by users', 'O:BAG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1200a9;;;BU)'],
  ['made by the system', 'O:SYG:SYD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;FR;;;AU)'],
  ['with full names', 'O:S-1-5-32-544D:(A;;FA;;;S-1-5-18)(A;;FRFX;;;S-1-5-32-545)'],
  ['where only what is made in it gets more', 'O:BAD:(A;;FA;;;BA)(A;OICIIO;GA;;;BU)(A;;FX;;;WD)'],
  ['where others are denied to write', 'O:BAD:(D;;FW;;;BU)(A;;FA;;;BA)'],
  ['with nobody in its list', 'O:BAD:P'],
  ['with an audit list', 'O:BAG:SYD:(A;;FA;;;BA)S:(AU;SAFA;FA;;;WD)'],
])('a file %s counts', (_, descriptor) => {
  expect(findAccessFault(FILE, descriptor)).toBeUndefined()
})

test.each([
  ['that belongs to a user', 'O:S-1-5-21-1-2-3-1001D:(A;;FA;;;BA)', 'belongs to'],
  ['without an owner', 'D:(A;;FA;;;BA)', 'belongs to'],
  ['that users can change', 'O:BAD:(A;;FA;;;BA)(A;;0x1301bf;;;AU)', 'others can write'],
  ['that users can write to', 'O:BAD:(A;;FA;;;BA)(A;ID;FW;;;BU)', 'others can write'],
  ['that everybody has', 'O:BAD:(A;OICI;GA;;;WD)', 'others can write'],
  ['whose list one user can change', 'O:BAD:(A;;WD;;;S-1-5-21-1-2-3-1001)', 'others can write'],
  ['with rights that are not known', 'O:BAD:(A;;QQ;;;BU)', 'others can write'],
  ['where a condition lets them', 'O:BAD:(A;;FA;;;BA)(XA;;FW;;;BU;(@USER.t==1))', 'conditions'],
  ['without a list', 'O:BAG:SY', 'everybody can write'],
  ['with a list that says nothing', 'O:BAD:NO_ACCESS_CONTROL', 'everybody can write'],
])('a file %s does not count', (_, descriptor, fault) => {
  expect(findAccessFault(FILE, descriptor)).toContain(fault)
})

test('the folder counts as well, and what is not known is a fault', () => {
  const good = 'O:BAD:(A;;FA;;;BA)'
  expect(findWindowsFault(['folder', 'file'], () => [good, good])).toBeUndefined()
  expect(findWindowsFault(['folder', 'file'], () => ['O:BUD:', good])).toContain('folder belongs to')
  expect(findWindowsFault(['folder', 'file'], () => [good])).toContain('not known')
  expect(findWindowsFault(['folder', 'file'])).toContain('not known')
})
