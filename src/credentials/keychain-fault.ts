import type { ErrorCode } from '../base/errors.ts'
import { GatewayError } from '../base/errors.ts'

/** What the program that asks the keychain says went wrong. */
export interface KeychainFault {
  /** Before the keychain was asked, or by what it answered. */
  readonly stage: 'load' | 'call'
  readonly message: string
}

/** What is wrong where the text of a fault matches. */
interface Cause {
  readonly text: RegExp
  readonly code: ErrorCode
  readonly remedy: string
}

const FALLBACK = 'use another source: `--credential env:NAME`, `file:PATH` or `command:LINE`'

const REINSTALL = 'install claude-gw again with `--include=optional`'
const INSTALL_LIBSECRET = 'run `apt install libsecret-1-0`, `dnf install libsecret` or `apk add libsecret`'

/** Opens the keyring where nobody logs in on a desktop, and makes one where there is none. */
const UNLOCK =
  '`read -rs p; printf %s "$p" | gnome-keyring-daemon --replace --unlock --components=secrets` (type its password)'
const UNLOCK_MAC =
  'run `security unlock-keychain`, as an SSH session needs it, and allow the access when asked'

/** Texts of libsecret, GLib, gnome-keyring and KeePassXC. */
const SECRET_SERVICE: readonly Cause[] = [
  {
    text: /locked|dismissed|cancell?ed/i,
    code: 'KEYCHAIN_LOCKED',
    remedy: `unlock it on the desktop, or without one run ${UNLOCK}`,
  },
  {
    text: /\/org\/freedesktop\/secrets\/(collection|aliases)\//,
    code: 'KEYCHAIN_NO_COLLECTION',
    remedy: `log in on the desktop once, which makes one, or without a desktop run ${UNLOCK}`,
  },
  {
    text: /org\.freedesktop\.secrets\b/,
    code: 'KEYCHAIN_NO_BUS',
    remedy: 'run `apt install gnome-keyring`, `dnf install gnome-keyring` or `apk add gnome-keyring`',
  },
  {
    text: /d-?bus|message bus|could not connect|address|authentication/i,
    code: 'KEYCHAIN_NO_BUS',
    remedy: `start it in a desktop session, or without one run \`dbus-run-session -- bash\`, and in there ${UNLOCK}`,
  },
  {
    text: /(?:)/,
    code: 'KEYCHAIN_FAILED',
    remedy: 'see what the keyring says in `journalctl --user --since -5min`',
  },
]

/** Texts of errSecInteractionNotAllowed, userCanceledErr, errSecAuthFailed, errSecNoDefaultKeychain, errSecNotAvailable. */
const MAC: readonly Cause[] = [
  { text: /interaction|cancell?ed|passphrase/i, code: 'KEYCHAIN_LOCKED', remedy: UNLOCK_MAC },
  {
    text: /keychain (could not be found|is available)/i,
    code: 'KEYCHAIN_NO_COLLECTION',
    remedy: 'run `security default-keychain -s login.keychain-db`',
  },
  { text: /(?:)/, code: 'KEYCHAIN_FAILED', remedy: UNLOCK_MAC },
]

/** https://learn.microsoft.com/windows/win32/api/wincred/nf-wincred-credwritew */
const WINDOWS: readonly Cause[] = [
  {
    text: /logon session/i,
    code: 'KEYCHAIN_NO_COLLECTION',
    remedy: 'log on at the machine or by Remote Desktop: a network logon, as SSH makes it, has none',
  },
  {
    text: /(?:)/,
    code: 'KEYCHAIN_FAILED',
    remedy: 'see whether the Credential Manager runs: `sc query VaultSvc`',
  },
]

const LONGEST_REASON = 200

/**
 * The error for a fault: its cause, what mends it on this system, and what does without a keychain.
 * @param elapsedMs how long the keychain was asked: GDBus waits for any answer but that of a person only so long
 */
export function keychainFailure(
  { stage, message }: KeychainFault,
  platform: NodeJS.Platform,
  elapsedMs: number,
): GatewayError {
  if (stage === 'load') return libraryMissing(message, platform)
  if (/timeout was reached|not receive a reply/i.test(message))
    return keychainSilence(Math.round(elapsedMs / 1000) * 1000, platform)
  const cause = causesOn(platform).find(({ text }) => text.test(message))
  return failure(cause?.code ?? 'KEYCHAIN_FAILED', message, cause?.remedy)
}

/** The error for a keychain that gave no answer. */
export function keychainSilence(waitedMs: number, platform: NodeJS.Platform): GatewayError {
  const unlock = { linux: UNLOCK, darwin: '`security unlock-keychain`' }[platform as string]
  const remedy = `answer its prompt on the desktop${unlock ? `, or without one run ${unlock}` : ''}`
  return new GatewayError('KEYCHAIN_SILENT', { seconds: waitedMs / 1000, remedy: withFallback(remedy) })
}

function libraryMissing(message: string, platform: NodeJS.Platform): GatewayError {
  const missing = (reason: string, remedy?: string) => failure('KEYCHAIN_LIB_MISSING', reason, remedy)
  if (message.includes("module 'keytar'")) return missing('the package `keytar` is not installed', REINSTALL)
  if (message.includes("module 'keytar/")) return missing('it has no build for this system')
  return missing(message, causesOn(platform) === SECRET_SERVICE ? INSTALL_LIBSECRET : REINSTALL)
}

function causesOn(platform: NodeJS.Platform): readonly Cause[] {
  if (platform === 'darwin') return MAC
  return platform === 'win32' ? WINDOWS : SECRET_SERVICE
}

function failure(code: ErrorCode, message: string, remedy?: string): GatewayError {
  const [line = ''] = message.trim().split(/\p{Cc}/u, 1)
  return new GatewayError(code, { reason: line.slice(0, LONGEST_REASON), remedy: withFallback(remedy) })
}

function withFallback(remedy: string | undefined): string {
  return remedy ? `${remedy}, or ${FALLBACK}` : FALLBACK
}
