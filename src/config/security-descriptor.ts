/**
 * Why others than administrators could write what has this security descriptor; undefined if nobody else can.
 * https://learn.microsoft.com/windows/win32/secauthz/security-descriptor-string-format and ace-strings there
 * @param name of the file or folder, for people
 */
export function findAccessFault(name: string, descriptor: string): string | undefined {
  const owner = /^O:(S-[\d-]+|[A-Z]{2})/.exec(descriptor)?.[1]
  if (!owner || !isAdministrator(owner))
    return `${name} belongs to a user that is no administrator (${owner})`
  const [, flags, list] = /D:([A-Z_]*)(.*?)(?:S:.*)?$/.exec(descriptor) ?? []
  if (flags === undefined || flags.includes('NO_ACCESS_CONTROL')) return `everybody can write ${name}`
  if (!list) return undefined
  if (!/^(?:\([^()]*\))+$/.test(list)) return `who may write ${name} depends on conditions`
  const entries = list.slice(1, -1).split(')(')
  const writer = entries.map(writerOf).find((trustee) => trustee !== undefined && !isAdministrator(trustee))
  return writer === undefined ? undefined : `others can write ${name} (${writer})`
}

/** The system, the administrators, and the installer of Windows; what is given to the owner is given to one of these. */
const ADMINISTRATORS = new Set([
  'SY',
  'BA',
  'LA',
  'CO',
  'OW',
  'S-1-5-18',
  'S-1-5-32-544',
  'S-1-3-0',
  'S-1-3-4',
  'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464',
])

function isAdministrator(trustee: string): boolean {
  return ADMINISTRATORS.has(trustee)
}

/** Who an entry lets write, if it does. What only folders and files below inherit says nothing here. */
function writerOf(entry: string): string | undefined {
  const [type = '', flags = '', rights = '', , , trustee = ''] = entry.split(';')
  const isDenial = /^(?:D|OD|XD)$/.test(type)
  if (isDenial || /^(?:..)*IO/.test(flags)) return undefined
  return (maskOf(rights) & WRITING) === 0 ? undefined : trustee
}

/** Write, append, delete what is in it, delete it, change its list or its owner; and the generic rights for these. */
const WRITING = 0x2 | 0x4 | 0x40 | 0x1_0000 | 0x4_0000 | 0x8_0000 | 0x1000_0000 | 0x4000_0000

const RIGHTS: Readonly<Record<string, number>> = {
  CC: 0x1,
  DC: 0x2,
  LC: 0x4,
  SW: 0x8,
  RP: 0x10,
  WP: 0x20,
  DT: 0x40,
  LO: 0x80,
  CR: 0x100,
  SD: 0x1_0000,
  RC: 0x2_0000,
  WD: 0x4_0000,
  WO: 0x8_0000,
  GA: 0x1000_0000,
  GX: 0x2000_0000,
  GW: 0x4000_0000,
  GR: 0,
  FA: 0x1f_01ff,
  FR: 0x12_0089,
  FW: 0x12_0116,
  FX: 0x12_00a0,
}

/** Letters that are none of these may mean anything, so they count as writing. */
function maskOf(rights: string): number {
  if (/^0x[\da-f]+$/i.test(rights) || /^\d+$/.test(rights)) return Number(rights)
  const letters = rights.match(/..?/g) ?? []
  return letters.reduce((mask, pair) => mask | (RIGHTS[pair] ?? WRITING), 0)
}
