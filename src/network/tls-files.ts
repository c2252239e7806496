import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext, rootCertificates } from 'node:tls'
import { GatewayError, reasonOf } from '../base/errors.ts'
import { fromHome } from '../base/home-path.ts'
import { certificatesIn } from './pem.ts'

/** What the configuration adds to TLS, as its files stood at start. */
export interface TlsFiles {
  /** All that is trusted, as PEM texts; absent leaves it to Node. */
  readonly ca?: readonly string[]
  readonly client?: ClientCertificate
  /**
   * Looks up what opens an encrypted key; here it is a variable that holds it.
   * @param refused what it gave the last time, if that did not
   */
  readonly passphrase?: (refused?: string) => string | Promise<string>
}

/** What is shown to an upstream that asks for a certificate, as PEM texts. */
export interface ClientCertificate {
  readonly cert: string
  readonly key: string
  readonly keyPath: string
  readonly isKeyEncrypted: boolean
}

export interface TlsInput {
  /** Paths, which may begin with `~/`, and the reference of the passphrase; empty where not set. */
  readonly values: Readonly<Record<FileKey | 'tls.passphrase', string>>
  /** Where each value stands, for errors. */
  readonly origins: Readonly<Record<FileKey, string>>
  /** Of the process, below that of Claude Code's settings. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where a variable of it stands, for errors. */
  readonly originOf: (variable: string) => string
  readonly home: string
}

type FileKey = 'tls.ca' | 'tls.cert' | 'tls.key'

/**
 * Reads and checks the files that the keys `tls.*` name, or, where they name no certificate for ourselves, those of
 * Claude Code's own variables (https://code.claude.com/docs/en/network-config). An encrypted private key stays so:
 * looking up its passphrase can take time, and is not done here.
 * @throws GatewayError CONFIG_BAD_VALUE
 */
export function readTlsFiles(input: TlsInput): TlsFiles {
  const { values, env } = input
  const ca = [...extraAuthorities(env), ...(values['tls.ca'] ? [readCertificates('tls.ca', input)] : [])]
  return {
    ...(ca.length > 0 && { ca: [...rootCertificates, ...ca] }),
    ...(values['tls.cert'] || values['tls.key'] ? { client: readClient(input) } : readClientOfClaude(input)),
  }
}

const CERT = 'CLAUDE_CODE_CLIENT_CERT'
const KEY = 'CLAUDE_CODE_CLIENT_KEY'
const PASSPHRASE = 'CLAUDE_CODE_CLIENT_KEY_PASSPHRASE'

function readClientOfClaude({ values, origins, ...input }: TlsInput): TlsFiles {
  const { [CERT]: cert = '', [KEY]: key = '', [PASSPHRASE]: passphrase = '' } = input.env
  if (!cert && !key) return {}
  const client = readClient({
    ...input,
    values: {
      ...values,
      'tls.cert': cert,
      'tls.key': key,
      'tls.passphrase': values['tls.passphrase'] || passphrase,
    },
    origins: { ...origins, 'tls.cert': input.originOf(CERT), 'tls.key': input.originOf(KEY) },
  })
  return { client, ...(passphrase && { passphrase: () => passphrase }) }
}

/** Only the certificates of the file; OpenSSL would pass over one that it cannot read. */
function readCertificates(key: FileKey, input: TlsInput): string {
  const file = { key, path: pathOf(key, input), expected: 'a file of certificates in PEM form' }
  return attempt(file, input, () => {
    const certificates = certificatesIn(readFileSync(file.path, 'utf8'))
    if (certificates.length === 0) throw new Error('there is no certificate in it')
    for (const certificate of certificates) new X509Certificate(certificate)
    return certificates.join('\n')
  })
}

/** Node adds those of its own environment to its roots, but not to a list that it is given (https://nodejs.org/docs/latest-v20.x/api/cli.html#node_extra_ca_certsfile). */
function extraAuthorities(env: TlsInput['env']): string[] {
  const path = env['NODE_EXTRA_CA_CERTS']
  try {
    return path ? [readFileSync(path, 'utf8')] : []
  } catch {
    // Node has warned of it when it started, or Claude Code does.
    return []
  }
}

const ENCRYPTED = /^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m

function readClient(input: TlsInput): ClientCertificate {
  refuseHalf('tls.cert', 'tls.key', input)
  refuseHalf('tls.key', 'tls.cert', input)
  const cert = readCertificates('tls.cert', input)
  const file = {
    key: 'tls.key',
    path: pathOf('tls.key', input),
    expected: 'the file of the private key to `tls.cert`, in PEM form',
  } as const
  return attempt(file, input, () => {
    const key = readFileSync(file.path, 'utf8')
    const isKeyEncrypted = ENCRYPTED.test(key)
    if (!isKeyEncrypted) createSecureContext({ cert, key })
    else if (!input.values['tls.passphrase'])
      throw new Error('it is encrypted, and `tls.passphrase` is not set')
    return { cert, key, keyPath: file.path, isKeyEncrypted }
  })
}

function refuseHalf(given: FileKey, missing: FileKey, input: TlsInput): void {
  if (input.values[missing]) return
  throw new GatewayError('CONFIG_BAD_VALUE', {
    origin: input.origins[given],
    key: missing,
    expected: `a file too, beside the ${pathOf(given, input)} of \`${given}\``,
    value: 'empty',
  })
}

function pathOf(key: FileKey, { values, home }: TlsInput): string {
  return fromHome(values[key], home)
}

interface NamedFile {
  readonly key: FileKey
  readonly path: string
  readonly expected: string
}

function attempt<T>({ key, path, expected }: NamedFile, { origins }: TlsInput, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const value = `${path} (${reasonOf(error)})`
    throw new GatewayError('CONFIG_BAD_VALUE', { origin: origins[key], key, expected, value }, error)
  }
}
