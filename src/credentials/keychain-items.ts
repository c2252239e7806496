import { createHash, randomUUID } from 'node:crypto'

/** The part of keytar that is used; its `find…` crash on a locked keyring. */
export interface KeychainLibrary {
  getPassword(service: string, account: string): Promise<string | null>
  setPassword(service: string, account: string, password: string): Promise<void>
  deletePassword(service: string, account: string): Promise<boolean>
}

export type KeychainRequest =
  /** With an origin, a key that is not for it stays where it is. */
  | { readonly action: 'get'; readonly account: string; readonly origin?: string | undefined }
  | {
      readonly action: 'set' | 'confirm'
      readonly account: string
      readonly secret: string
      readonly origin: string
    }
  | { readonly action: 'delete'; readonly account: string }
  /** Whether an item can be stored and read. */
  | { readonly action: 'probe' }

/** What is stored for an account. */
export interface KeychainEntry {
  /** Undefined if it is for another origin than the one that was asked for. */
  readonly secret?: string
  /** The one origin that it is for: null is none, undefined that nobody has said. */
  readonly origin?: string | null | undefined
}

export interface ItemsOptions {
  readonly library: KeychainLibrary
  /** Whether the keychain says "there is none" where it is locked, as a Secret Service does. */
  readonly hidesLocked: boolean
}

const KEYS = 'claude-gw'
/** Beside a key, what it is for: an origin, and what tells the key that `login` meant. */
const ORIGINS = 'claude-gw origin'
const NO_ORIGIN = '-'
/** Any account will do: it is there for an instant, to see whether the keychain can be written. */
const PROBE = 'claude-gw probe'

/**
 * Keeps a key and its origin as two items. They cannot be written at once, so the origin names its key by a digest: of
 * two logins at the same moment, neither's key is ever taken for that of the other.
 * @throws the error of the library
 */
export function answerRequest(
  request: KeychainRequest,
  options: ItemsOptions,
): Promise<KeychainEntry | boolean | null> {
  switch (request.action) {
    case 'get':
      return find(request.account, request.origin, options)
    case 'set':
      return replace(request, options)
    case 'confirm':
      return confirm(request, options)
    case 'delete':
      return remove(request.account, options)
    case 'probe':
      return probe(options)
  }
}

async function find(
  account: string,
  origin: string | undefined,
  options: ItemsOptions,
): Promise<KeychainEntry | null> {
  const { library } = options
  const secret = await askOpen(options, () => library.getPassword(KEYS, account))
  if (secret === null) return null
  const label = (await library.getPassword(ORIGINS, account)) ?? undefined
  if (origin === undefined) return { secret, origin: label && originIn(label, secret) }
  const stored = originIn(label ?? (await claim(account, origin, secret, library)), secret)
  return stored === origin ? { secret, origin: stored } : { origin: stored }
}

/**
 * For a key that no login has stored, such as one of `secret-tool`, the first use says the origin. It names no key, so
 * that the same program may replace it.
 */
async function claim(
  account: string,
  origin: string,
  secret: string,
  library: KeychainLibrary,
): Promise<string> {
  await library.setPassword(ORIGINS, account, origin)
  if ((await library.getPassword(KEYS, account)) !== secret) await revoke(account, library)
  return (await library.getPassword(ORIGINS, account)) ?? NO_ORIGIN
}

/** False if another login came between. What does not come back as it was given must not stay. */
async function replace(
  { account, secret, origin }: Extract<KeychainRequest, { action: 'set' | 'confirm' }>,
  options: ItemsOptions,
): Promise<boolean> {
  const { library } = options
  const label = labelOf(origin, secret)
  await library.setPassword(ORIGINS, account, label)
  await library.setPassword(KEYS, account, secret)
  const found = await library.getPassword(KEYS, account)
  if ((await library.getPassword(ORIGINS, account)) !== label) return revoke(account, library)
  if (found === secret) return true
  // Without its origin, a key that another login puts there meanwhile would be taken for one that nobody bound.
  await revoke(account, library)
  await library.deletePassword(KEYS, account)
  throw new Error('it does not give back what was stored')
}

/** False if it is another key by now. */
async function confirm(
  { account, secret, origin }: Extract<KeychainRequest, { action: 'set' | 'confirm' }>,
  options: ItemsOptions,
): Promise<boolean> {
  const { library } = options
  const current = () => library.getPassword(KEYS, account)
  if ((await askOpen(options, current)) !== secret) return false
  await library.setPassword(ORIGINS, account, labelOf(origin, secret))
  return (await current()) === secret
}

async function remove(account: string, options: ItemsOptions): Promise<boolean> {
  const { library } = options
  const wasThere = await askOpen(options, () => library.deletePassword(KEYS, account))
  await library.deletePassword(ORIGINS, account)
  return wasThere
}

/** With an account of its own, so that of two at the same moment neither deletes what the other is about to read. */
async function probe({ library }: ItemsOptions): Promise<boolean> {
  const account = `${PROBE} ${randomUUID()}`
  await library.setPassword(KEYS, account, 'probe')
  try {
    return (await library.getPassword(KEYS, account)) === 'probe'
  } finally {
    await library.deletePassword(KEYS, account)
  }
}

/** Who comes between two others cannot know whose key is there now. */
async function revoke(account: string, library: KeychainLibrary): Promise<false> {
  await library.setPassword(ORIGINS, account, NO_ORIGIN)
  return false
}

/** Being able to write tells a locked keychain from an empty one, or unlocks it; then it is asked again. */
async function askOpen<T extends string | boolean | null>(
  { library, hidesLocked }: ItemsOptions,
  ask: () => Promise<T>,
): Promise<T> {
  const found = await ask()
  if ((found !== null && found !== false) || !hidesLocked) return found
  await library.setPassword(KEYS, PROBE, 'probe')
  await library.deletePassword(KEYS, PROBE)
  return await ask()
}

function labelOf(origin: string, secret: string): string {
  return `${origin} ${digestOf(secret)}`
}

function originIn(label: string, secret: string): string | null {
  const [origin = NO_ORIGIN, digest] = label.split(' ')
  if (origin === NO_ORIGIN) return null
  return digest === undefined || digest === digestOf(secret) ? origin : null
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
